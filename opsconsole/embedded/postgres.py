"""An embedded PostgreSQL, 15 or newer."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from opsconsole.embedded.engine import Engine, Output
from opsconsole.embedded.errors import EngineError
from opsconsole.embedded.finder import find_postgres, major_version
from opsconsole.embedded.user import EngineUser

NEEDED_EXTENSIONS = ("btree_gist", "pg_trgm")


class Postgres(Engine):
    """One cluster in `data_dir`, made on the first start, with the superuser `postgres`.

    `durable=False` gives up safety against a crash of the machine for speed: for tests only.
    """

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # PostgreSQL's fast shutdown

    def __init__(
        self,
        data_dir: Path,
        socket_dir: Path,
        password: str,
        *,
        durable: bool = True,
        bin_dir: Path | None = None,
    ) -> None:
        super().__init__(data_dir, socket_dir)
        self.password = password
        self.durable = durable
        self.bin_dir = bin_dir or find_postgres()
        self.version = major_version(self.bin_dir)

    def start(self, output: Output | None = None, user: EngineUser | None = None) -> None:
        """Makes the cluster if it is new, starts it and waits until it answers. Raises EngineError."""
        user = user or EngineUser.for_data(self.data_dir)
        bin_dir, data_dir = user.prepare(self.bin_dir, self.data_dir, self.socket_dir)
        if not (data_dir / "PG_VERSION").exists():
            self._make_cluster(bin_dir, data_dir, user)
        self._check_version(data_dir)
        settings = self._settings() if self.durable else {**self._settings(), **_FAST}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._spawn([str(bin_dir / "postgres"), "-D", str(data_dir), *flags], user, output)

    def ready(self) -> bool:
        """True once the server says so itself, on line 8 of postmaster.pid, as `pg_ctl` reads it."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.process is not None
            and len(lines) > 7
            and lines[0] == str(self.process.pid)
            and "ready" in lines[7]
        )

    def url(self, role: str, password: str, dbname: str) -> str:
        """A URL for libpq and psycopg, through the socket."""
        return f"postgresql://{role}:{quote(password, safe='')}@/{dbname}?host={self.socket_dir}"

    @property
    def superuser_url(self) -> str:
        """The superuser's URL: for making databases, never for the console."""
        return self.url("postgres", self.password, "postgres")

    def psql(self, sql: str, dbname: str = "postgres") -> str:
        """Runs `sql` as the superuser; returns unaligned rows. Raises EngineError with PostgreSQL's words."""
        connection = ["-h", str(self.socket_dir), "-U", "postgres", "-d", dbname]
        done = subprocess.run(
            [str(self.bin_dir / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *connection],
            input=sql,
            env={"PATH": os.defpath, "PGPASSWORD": self.password, "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def missing_extensions(self) -> list[str]:
        """The extensions the console needs that this PostgreSQL does not carry."""
        carried = self.psql("select name from pg_available_extensions").split()
        return [name for name in NEEDED_EXTENSIONS if name not in carried]

    def _settings(self) -> dict[str, str]:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "synchronous_commit": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "512MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "fatal",
        }

    def _make_cluster(self, bin_dir: Path, data_dir: Path, user: EngineUser) -> None:
        password_file = self.socket_dir / "initial-password"
        password_file.write_text(self.password)
        user.give(password_file)
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.version >= 17 else []
        options = [
            "-U",
            "postgres",
            f"--pwfile={password_file}",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        command = [str(bin_dir / "initdb"), "-D", str(data_dir), *options, "--locale=C.UTF-8", *provider]
        try:
            done = subprocess.run(
                user.command(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                **user.identity(),
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise EngineError(f"PostgreSQL could not make its data directory: {done.stderr.strip()}")

    def _check_version(self, data_dir: Path) -> None:
        made_by = (data_dir / "PG_VERSION").read_text().strip()
        if made_by != str(self.version):
            raise EngineError(
                f"{self.data_dir} was made by PostgreSQL {made_by}, and the one found here is {self.version}."
                f" Install PostgreSQL {made_by}, or start with an empty directory."
            )


_FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "4GB"}

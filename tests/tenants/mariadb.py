"""Debian's MariaDB for the tests of the MySQL source, where it is installed: `apt-get install mariadb-server-core`."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

SYSTEM_TABLES = ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data")


def server() -> str | None:
    """Return the path of the server's binary, or None where it is not installed."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def running(binary: str) -> Iterator[Path]:
    """A server of its own on a socket, thrown away afterwards; root signs in without a password."""
    base = Path(binary).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="ops-maria-") as folder:
        home = Path(folder)
        data, socket = home / "data", home / "m.sock"
        data.mkdir()
        common = [
            *(binary, "--no-defaults", f"--basedir={base}", f"--datadir={data}", "--user=root"),
            *(f"--lc-messages-dir={base}/share/mysql", "--innodb-log-file-size=8M"),
        ]
        _make_system_tables(common, base / "share" / "mysql")
        process = subprocess.Popen(
            [*common, f"--socket={socket}", "--skip-networking"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(socket)
            yield socket
        finally:
            process.terminate()
            process.wait(20)


def _make_system_tables(common: list[str], share: Path) -> None:
    """What mariadb-install-db does; that script needs a program of the client's package."""
    told = "create database mysql;\nuse mysql;\nset @auth_root_socket=NULL, @skip_auth_anonymous=1;\n"
    told += "".join((share / f"{name}.sql").read_text() for name in SYSTEM_TABLES)
    subprocess.run(
        [*common, "--bootstrap", "--enforce-storage-engine="],
        input=told.encode(),
        check=True,
        capture_output=True,
    )


def _wait(socket: Path) -> None:
    for _ in range(200):
        try:
            pymysql.connect(unix_socket=str(socket), user="root").close()
        except pymysql.MySQLError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("MariaDB did not start within 10 seconds")

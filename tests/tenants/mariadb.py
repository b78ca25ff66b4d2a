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


def server() -> str | None:
    """Return the path of the server's binary, or None where it is not installed."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def running(binary: str) -> Iterator[Path]:
    """A server of its own on a socket, thrown away afterwards; root signs in without a password."""
    base = Path(binary).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="ops-maria-") as folder:
        home = Path(folder)
        common = ["--no-defaults", f"--basedir={base}", f"--datadir={home / 'data'}"]
        account = ["--user=root", "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(
            [str(base / "bin" / "mariadb-install-db"), *common, *account], check=True, capture_output=True
        )
        socket = home / "m.sock"
        process = subprocess.Popen(
            [
                binary,
                *common,
                "--user=root",
                f"--socket={socket}",
                "--skip-networking",
                f"--lc-messages-dir={base}/share/mysql",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(socket)
            yield socket
        finally:
            process.terminate()
            process.wait(20)


def _wait(socket: Path) -> None:
    for _ in range(200):
        try:
            pymysql.connect(unix_socket=str(socket), user="root").close()
        except pymysql.MySQLError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("MariaDB did not start within 10 seconds")

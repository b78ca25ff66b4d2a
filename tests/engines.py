"""Real engines for the suite, started before Django reads its settings: loaded by `-p tests.engines` of pyproject.toml.

`OPSCONSOLE_POSTGRES=debian` runs everything on Debian's PostgreSQL instead of the wheel's.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from opsconsole.embedded.engine import short_socket_dir
from opsconsole.embedded.postgres import Postgres
from opsconsole.embedded.roles import ROLES, Urls, make_roles_and_databases
from opsconsole.embedded.valkey import Valkey

if TYPE_CHECKING:
    import psycopg

TEMPLATE = "console_template"
MAIN = "console_main"
PRODUCT = "product"

MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 4 * 1024**3  # bytes; what a half of the suite may leave behind while it runs


def _in_memory() -> Path | None:
    """Where databases are copied fastest, or None for the usual place: a container may have 64 MB of it."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 * ROOM
    return MEMORY if roomy else None


def _only_leads() -> bool:
    """True in the process that hands the tests to its halves and runs none itself."""
    halves = sys.argv[sys.argv.index("-n") + 1] if "-n" in sys.argv[:-1] else "0"
    return halves != "0" and "PYTEST_XDIST_WORKER" not in os.environ


_leads = "OPSCONSOLE_TEST_SHARED" not in os.environ
_shared = Path(os.environ.get("OPSCONSOLE_TEST_SHARED") or tempfile.mkdtemp(dir=_in_memory()))
_home = Path(tempfile.mkdtemp(prefix="opsconsole-tests-", dir=_in_memory()))
_sockets = short_socket_dir()
passwords = {name: sha256(f"{_shared}:{name}".encode()).hexdigest()[:16] for name in ROLES}
scratch = str(_home)
postgres = Postgres(_home / "postgres", _sockets, passwords["postgres"], durable=False)
valkey = Valkey(_home / "valkey", _sockets)


def urls(database: str) -> Urls:
    """Return the URLs of one console database, by role."""
    return Urls.of(postgres, passwords, database, PRODUCT)


def environment(database: str) -> dict[str, str]:
    """Return the environment a process of the console needs to run on one database."""
    of = urls(database)
    return {
        "DATABASE_URL": of.app,
        "OWNER_DATABASE_URL": of.owner,
        "PRODUCT_DATABASE_URL": of.product_reader,
        "PRODUCT_OWNER_DATABASE_URL": of.product_owner,
        "REDIS_URL": valkey.url,
        "OPSCONSOLE_SECRET_KEY": "only-for-tests-" + "0" * 32,
        "OPSCONSOLE_DEMO": "1",
        "OPSCONSOLE_LOG_LEVEL": "ERROR",
    }


@cache
def _superuser() -> "psycopg.Connection":
    import psycopg

    return psycopg.connect(postgres.superuser_url, autocommit=True)


def superuser(*statements: str) -> None:
    """Run SQL as the superuser on a connection that stays: what many tests do must not start a process each time."""
    for sql in statements:
        _superuser().execute(sql)


@contextmanager
def template() -> Iterator[bool]:
    """Have the template made by one half: True for the one that makes it. The other waits and starts on a copy of its files."""
    made = _shared / "postgres"
    with (_shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            _rest_while(lambda: _copy(made, postgres.data_dir.resolve()))
            yield False
            return
        yield True
        if "PYTEST_XDIST_WORKER" in os.environ:
            _rest_while(lambda: _copy(postgres.data_dir.resolve(), made))


def _rest_while(work: Callable[[], None]) -> None:
    """Do something with the cluster's files while no server is on them."""
    _superuser.cache_clear()
    postgres.stop()
    work()
    postgres.start()


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _stop() -> None:
    for engine in (valkey, postgres):
        engine.stop()
    for place in (_home, _sockets, *([_shared] if _leads else [])):
        shutil.rmtree(place, ignore_errors=True)


# Halves that run side by side have engines of their own; what a half starts inherits the name and starts none.
_half = os.environ.get("PYTEST_XDIST_WORKER", "whole")
if os.environ.get("OPSCONSOLE_TEST_ENGINES") != _half:
    atexit.register(_stop)
    os.environ["OPSCONSOLE_TEST_SHARED"] = str(_shared)
    if not _only_leads():
        postgres.start()
        valkey.start()
        make_roles_and_databases(postgres, passwords, console=TEMPLATE, product=PRODUCT)
        os.environ["OPSCONSOLE_TEST_ENGINES"] = _half
    os.environ.update(environment(MAIN))
    os.environ.pop("OWNER_DATABASE_URL")

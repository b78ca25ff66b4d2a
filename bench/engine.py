"""An engine of one benchmark's own, its disk writes waited for, with the console's tables in it."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opsconsole.embedded.engine import short_socket_dir
from opsconsole.embedded.postgres import Postgres
from opsconsole.embedded.roles import ROLES, Urls, make_roles_and_databases

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def console_database() -> Iterator[Urls]:
    """Start PostgreSQL, migrate, and set Django up on it as the app's role; once in a process."""
    sockets = short_socket_dir()
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        passwords = {name: secrets.token_hex(8) for name in ROLES}
        postgres = Postgres(Path(home) / "postgres", sockets, passwords["postgres"])
        try:
            postgres.start()
            urls = make_roles_and_databases(postgres, passwords)
            _set_up(urls)
            yield urls
        finally:
            postgres.stop()
            shutil.rmtree(sockets, ignore_errors=True)


@contextmanager
def owner_of(urls: Urls) -> Iterator[Callable[[str], Any]]:
    """Let the owner of the tables execute SQL, statement by statement."""
    import psycopg

    with psycopg.connect(urls.owner, autocommit=True) as owner:
        yield lambda sql: owner.execute(sql.encode())


def as_owner(urls: Urls, *command: str, **environment: str) -> None:
    """Run a command of the project as the owner of the tables."""
    owner = {
        "OWNER_DATABASE_URL": urls.owner,
        "PRODUCT_DATABASE_URL": urls.product_reader,
        "PRODUCT_OWNER_DATABASE_URL": urls.product_owner,
    }
    subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **owner, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _set_up(urls: Urls) -> None:
    os.environ |= {
        "DATABASE_URL": urls.app,
        "PRODUCT_DATABASE_URL": urls.product_reader,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "OPSCONSOLE_SECRET_KEY": secrets.token_hex(32),
        "OPSCONSOLE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "opsconsole.settings",
    }
    as_owner(urls, "manage.py", "migrate", "--verbosity=0", "--skip-checks")
    import django

    django.setup()

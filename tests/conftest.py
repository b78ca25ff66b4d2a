"""One cast for all tests, on real engines, as the app's role.

`db` (pytest-django) rolls back after each test. `committed` gives the test a database of its own, cloned from the template, so that
commits, deferred triggers, threads and processes are real.
"""

import gc
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from xdist.scheduler.loadfile import LoadFileScheduling

from tests import engines

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "opsconsole-demo"
_numbers = itertools.count(1)


def run(*command: str, database: str, owner: bool = False, **environment: str) -> str:
    """Run a command of the project on one database and return what it printed; it must succeed."""
    env = {**os.environ, **engines.environment(database), **environment}
    if not owner:
        env.pop("OWNER_DATABASE_URL")
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def clone(name: str) -> str:
    """Make a database from the template and return its name."""
    engines.superuser(
        f"CREATE DATABASE {name} OWNER opsconsole_owner TEMPLATE {engines.TEMPLATE} STRATEGY file_copy",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO opsconsole_app",
    )
    return name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Product data, migrations by the owner, policy and people: once; then the suite's own database from that template."""
    with engines.template() as to_be_made:
        if to_be_made:
            run("-m", "demo.productdb", database=engines.TEMPLATE, owner=True)
            run("manage.py", "migrate", "--verbosity=0", database=engines.TEMPLATE, owner=True)
            run("manage.py", "bootstrap", "--without-history", database=engines.TEMPLATE, owner=True)
    clone(engines.MAIN)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _no_static_files() -> None:
    """Clients of the suite fetch pages only; reading every static file anew for each client is what the browser tests are for."""
    from django.conf import settings

    settings.WHITENOISE_USE_FINDERS = False


@contextmanager
def standing_on(name: str) -> Iterator[None]:
    """Let this process write to another database for the length of a block."""
    connections.close_all()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def committed(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Run the test on a database of its own, with real commits; the value is the database's name."""
    assert request.node.get_closest_marker("django_db") is None, "a test commits or rolls back, not both"
    name = clone(f"console_{next(_numbers)}")
    with django_db_blocker.unblock():
        try:
            with standing_on(name):
                yield name
        finally:
            engines.superuser(f"DROP DATABASE {name} WITH (FORCE)")


def signed_in(person: Any) -> Client:
    """Return a client signed in as somebody, without the cost of the password."""
    client = Client()
    client.force_login(person, "accounts.backends.RoleBackend")
    session = client.session
    session["signed_in_at"] = session["last_seen"] = time.time()
    session.save()
    return client


@pytest.fixture
def people() -> Callable[[str], Any]:
    """Return a person of the cast by sign-in name: agent, agent2, approver, approver2, compliance, success, admin, outsider."""
    from accounts.models import Person

    return lambda username: Person.objects.get(username=username)


@pytest.fixture
def browse_as(people: Callable[[str], Any]) -> Callable[[str], Client]:
    """Return a client signed in as one of the cast."""
    return lambda username: signed_in(people(username))


@pytest.fixture
def tenant() -> Any:
    """A production tenant of the demo."""
    from tenants.models import Tenant

    return Tenant.objects.filter(environment="production").order_by("slug")[0]


@pytest.fixture
def other_tenant() -> Any:
    """Another production tenant of the demo."""
    from tenants.models import Tenant

    return Tenant.objects.filter(environment="production").order_by("slug")[1]


@pytest.fixture
def events() -> Callable[..., list[Any]]:
    """Return the events of a type, oldest first."""
    from audit.models import Event

    return lambda *types: list(Event.objects.filter(type__in=types).order_by("seq"))


@pytest.fixture
def as_owner() -> Callable[[str], str]:
    """Run SQL as the owner of the tables on the current database: only to shift the times of rows, or to attack."""

    def execute(sql: str) -> str:
        import psycopg

        with psycopg.connect(engines.urls(connection.settings_dict["NAME"]).owner, autocommit=True) as owner:
            cursor = owner.execute(sql)
            return str(cursor.fetchall()) if cursor.description else ""

    return execute


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: collecting garbage need not go through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


LONGEST = (
    "supervisor/test_demo.py",
    "browser/",
    "matrix/test_permissions.py",
    "frontend/test_gallery.py",
    "handoff/test_two_sites.py",
    "grants/test_database_killed.py",
    "grants/test_machine.py",
    "outages/test_sources.py",
    "outages/test_worker.py",
    "grants/test_going_back.py",
    "grants/test_delivery.py",
)
"""The files that take longest begin first, so that no half of the suite waits for the other at the end."""


SHARING = ("tests/browser", "tests/product")


class ByPlace(LoadFileScheduling):
    """One process runs a file in one go, and of SHARING's folders all, so that they share one console, and one product."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((place for place in SHARING if file.startswith(f"{place}/")), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPlace:
    return ByPlace(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in Path(str(item.fspath)).parts or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: _turn(item.nodeid.split("::")[0].removeprefix("tests/")))


def _turn(file: str) -> int:
    return next((turn for turn, place in enumerate(LONGEST) if file.startswith(place)), len(LONGEST))

"""A console of real processes on a database of its own, shared by the tests that leave it as it was."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import engines
from tests.conftest import clone
from tests.outages.person import Person, approved, asked
from tests.processes import Console, running

DATABASE = "console_outages"
_tickets = count(70_001)

Rows = Callable[..., list[dict[str, Any]]]
Granted = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="package")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the shared console prints."""
    return tmp_path_factory.mktemp("outages") / "console.log"


@pytest.fixture(scope="package")
def console(django_db_setup: None, log: Path) -> Iterator[Console]:
    """Web and worker with beat. A test that ends one of them starts it again."""
    with running(clone(DATABASE), queue=3, log=log, OPSCONSOLE_LOG_LEVEL="INFO") as processes:
        yield processes
    engines.postgres.psql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@pytest.fixture
def rows(console: Console) -> Rows:
    """Read from the console's database, as the owner of its tables."""

    def read(sql: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(engines.urls(DATABASE).owner, autocommit=True, row_factory=dict_row) as owner:
            return owner.execute(sql.encode(), values).fetchall()

    return read


@pytest.fixture
def granted(rows: Rows) -> Granted:
    """Ask and approve over HTTP at one address, and return the row of the grant."""

    def grant(url: str) -> dict[str, Any]:
        path = asked(Person(url, "agent"), f"HD-{next(_tickets)}")
        request = path.strip("/").split("/")[-1]
        digest = rows("SELECT digest FROM grants_accessrequest WHERE id = %s", request)[0]["digest"]
        approved(Person(url, "approver"), path, digest)
        return rows("SELECT * FROM grants_grant WHERE request_id = %s", request)[0]

    return grant

"""The console on a database that nobody here made: three questions about two customers, answered from panels."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import engines
from tests.demo.conftest import READER, ROOT, Desk

DATA = ROOT.parent / "shared" / "data" / "chinook.sql"
BUNDLE = ROOT / "docs" / "examples" / "chinook"
DATABASE = "chinook"

pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="NOT TESTED: the Chinook example, because chinook.sql is not in shared/data"
)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The sample database, loaded; the value is the address of a role that can only read it."""
    engines.postgres.psql(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    engines.postgres.psql(DATA.read_text(encoding="utf-8"), DATABASE)
    engines.postgres.psql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", DATABASE)
    yield engines.postgres.url(READER, engines.passwords[READER], DATABASE)
    engines.postgres.psql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@pytest.fixture
def shop(database: str, make_desk: Callable[[Path, str], Desk]) -> Desk:
    return make_desk(BUNDLE, database)


def rows(shop: Desk, slug: str, panel: str, section: str, **values: str) -> list[dict[str, Any]]:
    """What a section shows, narrowed to the rows that show these values."""
    result = shop.read(slug, panel, section)
    assert result.failure is None
    shown = [{key: cell.value for key, cell in cells.items()} for cells in result.rows]
    return [row for row in shown if all(row[key] == value for key, value in values.items())]


def test_every_customer_is_a_tenant_and_none_is_named(shop: Desk) -> None:
    assert len(shop.tenants) == 59
    assert shop.tenants["customer-5"]["name"] == "JetBrains s.r.o."
    assert shop.tenants["customer-46"]["name"] == "Customer 46 in Dublin"


def test_every_section_answers_for_every_customer(shop: Desk) -> None:
    failed = [
        (slug, result.section.key, result.failure)
        for slug in list(shop.tenants)[::4]
        for result in shop.read_all(slug)
        if result.failure
    ]
    assert not failed


def test_what_is_the_file_that_does_not_play(shop: Desk) -> None:
    (bought,) = rows(shop, "customer-5", "purchases", "tracks", track="The Hard Part")
    assert bought["invoice_id"] == "306"
    assert bought["invoice_date"] == "2024-09-05"
    assert bought["unit_price"] == "1.99 USD"
    assert bought["album"] == "Heroes, Season 1"
    assert bought["media"] == "Protected MPEG-4 video file"


def test_why_is_one_invoice_so_high(shop: Desk) -> None:
    (invoice,) = rows(shop, "customer-46", "invoices", "invoices", invoice_id="194")
    assert (invoice["total"], invoice["lines_total"], invoice["tracks"]) == ("21.86 USD", "21.86 USD", "14")
    assert invoice["invoice_date"] == "2023-04-28"
    episodes = rows(shop, "customer-46", "purchases", "tracks", invoice_id="194", artist="Lost")
    songs = rows(shop, "customer-46", "purchases", "tracks", invoice_id="194", unit_price="0.99 USD")
    assert (len(episodes), {row["unit_price"] for row in episodes}, len(songs)) == (8, {"1.99 USD"}, 6)


def test_who_looks_after_this_customer(shop: Desk) -> None:
    (found,) = rows(shop, "customer-5", "representative", "representative")
    assert (found["employee_id"], found["title"]) == ("4", "Sales Support Agent")
    assert found["reports_to"] == "Sales Manager"
    assert found["email"] == "m***@chinookcorp.com"


def test_the_contact_of_a_customer_is_masked(shop: Desk) -> None:
    (contact,) = rows(shop, "customer-46", "contact", "contact")
    assert contact["city"] == "Dublin"
    assert all("•" in contact[key] for key in ("name", "phone", "address"))
    assert contact["email"].partition("@")[0].endswith("***")


def test_the_three_answers_stand_in_the_readme(shop: Desk) -> None:
    text = (BUNDLE / "README.md").read_text()
    for fact in (
        "invoice 306",
        "2024-09-05",
        "1.99 USD",
        "invoice 194",
        "2023-04-28",
        "21.86 USD",
        "employee 4",
        "Sales Manager",
    ):
        assert fact in text

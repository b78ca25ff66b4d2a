import pytest

from audit.queries import Filters, explorer_page
from opsconsole.lib.paging import to_cursor

pytestmark = pytest.mark.django_db


@pytest.fixture
def searches(events):
    return lambda: len(events("log.searched"))


@pytest.fixture
def many(people, tenant):
    from audit.actions import record

    for _ in range(60):
        record("person.signed_in", actor=people("agent").as_actor(), tenant=tenant.as_ref())


def test_a_cursor_of_one_search_makes_no_other_search_without_an_event(browse_as, many, people, searches):
    cursor = explorer_page(people("compliance"), Filters()).next_cursor
    assert cursor
    reader, before = browse_as("compliance"), searches()
    reader.get("/audit/", {"cursor": cursor})
    assert searches() == before, "the next page of one search is no new search"
    reader.get("/audit/", {"actor": "approver", "q": "access", "cursor": cursor})
    assert searches() == before + 1


def test_a_cursor_of_a_colleague_is_a_search_of_ones_own(browse_as, many, people, searches):
    cursor = explorer_page(people("approver"), Filters()).next_cursor
    before = searches()
    browse_as("compliance").get("/audit/", {"cursor": cursor})
    assert searches() == before + 1


@pytest.mark.parametrize(
    ("who", "path", "name"),
    [("agent", "/cases/", "after"), ("approver", "/requests/", "after"), ("compliance", "/audit/", "cursor")],
)
def test_a_cursor_of_another_list_shows_the_first_page(browse_as, who, path, name):
    for of in ("cases", "queue", "audit  Filters()"):
        for key in (["older", "2026-01-01", "x"], ["x"], [], [1, 2]):
            if (of, path) in {("cases", "/cases/"), ("queue", "/requests/")}:
                continue
            assert browse_as(who).get(path, {name: to_cursor(key, of)}).status_code == 200

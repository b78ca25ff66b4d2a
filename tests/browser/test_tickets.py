"""The twelve tickets in a real browser: the agent finds the tenant and reads the answer from the screen."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import PATIENCE, Desk

TICKETS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "demo" / "tickets.toml").read_text(encoding="utf-8")
)["ticket"]
ON_A_PHONE = {"HD-48192", "HD-48223", "HD-48268"}  # three kinds of section: facts, progress, a table
ROWS = "tbody tr, dl.facts, .progress, li"

expect.set_options(timeout=PATIENCE)


def find_tenant(agent: Desk, slug: str) -> None:
    """Search by the beginning of the name and open the one environment that the ticket is about."""
    name = " ".join(slug.split("-")[:-2])
    agent.page.locator("#search").fill(name)
    agent.page.locator("#search").press("Enter")
    row = agent.page.get_by_role("row").filter(has=agent.page.get_by_text(slug, exact=True))
    row.get_by_role("link").click()
    agent.page.wait_for_url(f"**/tenants/{slug}/**")


def shown(row: Locator) -> str:
    """What a row says, on one line."""
    return " ".join(str(row.text_content()).split())


def read_answer(agent: Desk, ticket: dict[str, Any]) -> None:
    """The sentence stands on top, and its evidence in one row of the section it came from."""
    first = agent.page.get_by_label("The answer first")
    for fact in ticket["fact"]:
        if says := fact.get("says"):
            expect(first).to_contain_text(says)
        section = agent.page.locator(f'[data-section="{fact["panel"]}.{fact["section"]}"]')
        rows = [shown(row) for row in section.locator(ROWS).all()]
        values = [str(value).lower() for value in fact["values"].values()]
        fits = [row for row in rows if all(value in row.lower() for value in values)]
        assert fits, (fact, rows)


@pytest.mark.parametrize(
    ("desk", "tickets"),
    [
        ("desk", [ticket for ticket in TICKETS if ticket["number"] not in ON_A_PHONE]),
        ("phone", [ticket for ticket in TICKETS if ticket["number"] in ON_A_PHONE]),
    ],
    ids=["desk", "phone"],
    indirect=["desk"],
)
def test_each_ticket_is_answered_on_the_tenant_page(
    desk: Callable[..., Desk], tickets: list[dict[str, Any]]
) -> None:
    agent = desk("agent")
    for ticket in tickets:
        find_tenant(agent, ticket["tenant"])
        read_answer(agent, ticket)
    agent.check()  # the last page stands for all: the same templates with other rows


def test_the_file_holds_twelve_tickets() -> None:
    assert len(TICKETS) == 12

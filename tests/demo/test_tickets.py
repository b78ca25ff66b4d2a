"""Every ticket of the demo is answered from the panels that a support agent holds by role, and from nothing else."""

import tomllib
from typing import Any

import pytest

from accounts.roles import parse_roles
from opsconsole.lib.bundle import Bundle, Problems
from tests.demo.conftest import ROOT, Desk

NUMBERS = [
    ticket["number"] for ticket in tomllib.loads((ROOT / "demo" / "tickets.toml").read_text())["ticket"]
]


@pytest.fixture
def ticket(request: pytest.FixtureRequest, tickets: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = next(ticket for ticket in tickets if ticket["number"] == request.param)
    return found


@pytest.mark.parametrize("ticket", NUMBERS, indirect=True)
def test_the_panels_show_every_fact_that_answers_it(ticket: dict[str, Any], desk: Desk) -> None:
    for fact in ticket["fact"]:
        result = desk.read(ticket["tenant"], fact["panel"], fact["section"])
        assert result.failure is None
        shown = [{key: cell.value for key, cell in row.items()} for row in result.rows]
        assert desk.shows(ticket["tenant"], fact), (fact, shown)


@pytest.mark.parametrize("ticket", NUMBERS, indirect=True)
def test_no_tenant_without_the_situation_gives_the_same_answer(ticket: dict[str, Any], desk: Desk) -> None:
    region = ticket.get("also_true_in_region")
    for slug, tenant in desk.tenants.items():
        if slug == ticket["tenant"] or tenant["region"] == region:
            continue
        assert not all(desk.shows(slug, fact) for fact in ticket["fact"]), slug


@pytest.mark.parametrize("ticket", NUMBERS, indirect=True)
def test_a_support_agent_holds_every_panel_it_needs(ticket: dict[str, Any], desk: Desk) -> None:
    roles = parse_roles(Bundle.from_directory(ROOT / "demo" / "policy"), Problems()).roles
    for fact in ticket["fact"]:
        panel = desk.language.panel(fact["panel"])
        assert panel
        assert panel.scope in roles["support"].scopes


def test_a_region_wide_incident_is_shown_to_the_whole_region(
    tickets: list[dict[str, Any]], desk: Desk
) -> None:
    (incident,) = [ticket for ticket in tickets if "also_true_in_region" in ticket]
    region = [
        slug for slug, tenant in desk.tenants.items() if tenant["region"] == incident["also_true_in_region"]
    ]
    assert len(region) > 10
    assert all(desk.shows(slug, incident["fact"][0]) for slug in region)

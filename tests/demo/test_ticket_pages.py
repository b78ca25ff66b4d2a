"""The twelve tickets on the real pages, as a support agent without any grant sees them."""

import html
import re
from collections.abc import Callable
from typing import Any

from django.test import Client


def words(page: str) -> str:
    """The text of a page, spaces counted once."""
    inline = re.sub(r"</?(?:a|b|code|data|span|strong|time)\b[^>]*>", "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inline)).split())


def test_the_tenant_page_says_the_answer_first(
    committed: str,
    browse_as: Callable[[str], Client],
    tickets: list[dict[str, Any]],
    events: Callable[..., list[Any]],
) -> None:
    agent = browse_as("agent")
    for ticket in tickets:
        response = agent.get(f"/tenants/{ticket['tenant']}/", {"ticket": ticket["number"]})
        assert response.status_code == 200, ticket["number"]
        page = words(response.content.decode())
        for fact in ticket["fact"]:
            assert fact.get("says", "") in page, (ticket["number"], fact["says"], page[:1500])
    opened = events("panel.opened")
    assert [event.ticket for event in opened] == [ticket["number"] for ticket in tickets]


def test_the_panel_shows_the_evidence(
    committed: str, browse_as: Callable[[str], Client], tickets: list[dict[str, Any]]
) -> None:
    agent = browse_as("agent")
    for ticket in tickets:
        for fact in ticket["fact"]:
            response = agent.get(f"/tenants/{ticket['tenant']}/panels/{fact['panel']}/")
            assert response.status_code == 200
            page = words(response.content.decode())
            missing = [value for value in fact["values"].values() if not shown(value, page)]
            assert not missing, (ticket["number"], fact["panel"], missing)


def shown(value: str, page: str) -> bool:
    return value in page or value.replace("_", " ").capitalize() in page or value.replace("_", " ") in page


def test_what_is_deeper_stays_closed_without_a_grant(
    committed: str, browse_as: Callable[[str], Client], tickets: list[dict[str, Any]]
) -> None:
    agent = browse_as("agent")
    for panel in ("people", "payments", "delivery_detail", "import_detail", "settings_detail"):
        response = agent.get(f"/tenants/{tickets[0]['tenant']}/panels/{panel}/")
        assert response.status_code == 403, panel

"""What the explorer shows beside the events: filters in use, short cuts, pages, tabs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from audit.forms import ExplorerForm, is_relative
from audit.models import Event
from audit.pages.facts import Fact
from audit.queries import Filters
from audit.refs import Staff
from opsconsole.lib.paging import KeysetPage

PERIODS = (("Last hour", "-1h"), ("Today", "today"), ("7 days", "-7d"), ("30 days", "-30d"))
TABS = (
    ("explorer", "Events", "review"),
    ("checkpoints", "Signed heads", "review"),
    ("integrity", "Integrity", "review"),
    ("evidence", "Evidence packs", "export"),
    ("retention", "Retention", "review"),
)


@dataclass(frozen=True)
class Chip:
    """One filter in use, and the page without it."""

    label: str
    value: str
    url: str


def chips(query: QueryDict, names: list[str]) -> list[Chip]:
    """Return the filters in use as chips."""
    return [
        Chip(name.capitalize() if name != "q" else "Words", query.get(name, ""), _url(query, **{name: ""}))
        for name in names
    ]


def periods(query: QueryDict) -> list[Fact]:
    """Return short cuts to the usual periods, written as how long ago, so that a kept search moves on with the days."""
    return [
        {
            "title": title,
            "url": _url(query, since=since, until=""),
            "current": query.get("since") == since and not query.get("until"),
        }
        for title, since in PERIODS
    ]


def typed_filters(query: QueryDict) -> str:
    """Return the filters as they were typed, in the form of an address and in one order."""
    return urlencode(typed(query))


def typed(query: QueryDict) -> list[tuple[str, str]]:
    """Return the name and text of each filter in use."""
    return [(name, str(query[name])) for name in ExplorerForm.base_fields if query.get(name)]


def pager(query: QueryDict, page: KeysetPage[Event], filters: Filters) -> dict[str, Any]:
    """Return the addresses of the next and the previous page, empty where there is none. They hold on to the times of the first page."""
    times = {"since": filters.since, "until": filters.until}
    fixed = {name: at.isoformat() for name, at in times.items() if at and is_relative(query.get(name, ""))}
    return {
        "next_url": _url(query, **fixed, cursor=page.next_cursor) if page.next_cursor else "",
        "previous_url": _url(query, **fixed, cursor=page.previous_cursor) if page.previous_cursor else "",
    }


def beside(query: QueryDict, filters: Filters) -> dict[str, str]:
    """Return the addresses of the exact count and, where something is named, of its story."""
    words = query.copy()
    words.pop("cursor", None)
    asked = f"?{words.urlencode()}" if words else ""
    named = filters.tenant or filters.grant or filters.session or filters.ticket or filters.actor
    return {
        "count_url": reverse("audit:count") + asked,
        "story_url": reverse("audit:story") + asked if named else "",
    }


def evidence_url(person: Staff, filters: Filters) -> str:
    """Return the page that asks for a pack about what the filters name; empty for who may not export, or where they name nothing."""
    named = {
        "grant": str(filters.grant or ""),
        "case": filters.ticket,
        "tenant": filters.tenant,
        "person": filters.actor,
    }
    subject = next(((name, value) for name, value in named.items() if value), None)
    times = {"since": filters.since, "until": filters.until}
    written = [(name, f"{at:%Y-%m-%d %H:%M}") for name, at in times.items() if at]
    if subject is None or not person.has_perm("console.export"):
        return ""
    return f"{reverse('audit:evidence')}?{urlencode([subject, *written])}"


def explorer_url(query: QueryDict) -> str:
    """Return the page of the explorer with the same filters."""
    return _url(query)


def _url(query: QueryDict, **changes: str) -> str:
    kept = query.copy()
    for name in ("cursor", *changes):
        kept.pop(name, None)
    for name, value in changes.items():
        if value:
            kept[name] = value
    address = reverse("audit:explorer")
    return f"{address}?{kept.urlencode()}" if kept else address


def tabs(request: HttpRequest, current: str) -> list[Fact]:
    """Return the pages of the log that are open to this person, as tabs."""
    return [
        {"title": title, "url": reverse(f"audit:{name}"), "current": name == current}
        for name, title, right in TABS
        if request.user.has_perm(f"console.{right}")
    ]

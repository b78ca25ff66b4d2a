"""What the explorer shows beside the events: filters in use, short cuts, pages, tabs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.pages.facts import Fact
from audit.queries import Filters
from opsconsole.lib.paging import KeysetPage

PERIODS = (
    ("Last hour", timedelta(hours=1)),
    ("Today", timedelta()),
    ("7 days", timedelta(days=7)),
    ("30 days", timedelta(days=30)),
)
TABS = (("explorer", "Events"), ("checkpoints", "Signed heads"), ("integrity", "Integrity"))


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
    """Return short cuts to the usual periods."""
    now = timezone.now()
    found = []
    for title, length in PERIODS:
        start = now - length
        since = f"{start:%Y-%m-%d %H:%M}" if timedelta() < length < timedelta(days=1) else f"{start:%Y-%m-%d}"
        url = _url(query, since=since, until="")
        found.append(
            {"title": title, "url": url, "current": query.get("since") == since and not query.get("until")}
        )
    return found


def pager(query: QueryDict, page: KeysetPage[Event]) -> dict[str, Any]:
    """Return the addresses of the next and the previous page, empty where there is none."""
    return {
        "next_url": _url(query, cursor=page.next_cursor) if page.next_cursor else "",
        "previous_url": _url(query, cursor=page.previous_cursor) if page.previous_cursor else "",
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


def tabs(current: str) -> list[Fact]:
    """Return the pages of the log as tabs."""
    return [
        {"title": title, "url": reverse(f"audit:{name}"), "current": name == current} for name, title in TABS
    ]

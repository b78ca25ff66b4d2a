"""The steps of a session's story, read from the log kind by kind, so that many of one kind hide none of another."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from audit.models import Event
from audit.registry import all_types, event_type
from tenants.queries import language_in_force

MOST = 200  # events of one kind in one story; the log has the rest
LOOKS = "AU-2: access to customer data"
CHANGES = "AU-2: change of customer data"
NOT_TOLD = (
    "session.story_opened",
    "session.subjects_listed",
    "request.opened",
    "story.opened",
    "session.code_given",
    "session.product_opening",
)
AREA, SENSITIVE, CHANGE, BLOCKED, TURN = "area", "sensitive", "change", "blocked", "turn"
SENSITIVE_TYPES = ("product.page_seen", "field.revealed")


@dataclass(frozen=True)
class Change:
    """One value that was changed; empty where the policy keeps it out of the log."""

    what: str
    old: str
    new: str


@dataclass
class Line:
    """One step of a story. `times` counts neighbours that say the same."""

    at: datetime
    kind: str
    text: str
    detail: str = ""
    url: str = ""
    tone: str = ""
    times: int = 1
    area: str = ""
    what: str = ""
    areas: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def read_steps(events: QuerySet[Event], *, links: bool = False) -> tuple[list[Line], bool]:
    """Return the steps of some events, the first of each kind up to `MOST`, and whether that is all of them."""
    found: list[Event] = []
    is_whole = True
    for chosen in _kinds():
        rows = _in_order(events.filter(chosen), MOST + 1)
        is_whole = is_whole and len(rows) <= MOST
        found += rows[:MOST]
    return [line_of(event, links=links) for event in found], is_whole


def read_turns(events: QuerySet[Event], *, links: bool = False) -> list[Line]:
    """Return events around a session, such as decisions, as turns of its story, in their order: none of them is a change in it."""
    return [replace(line_of(event, links=links), kind=TURN) for event in _in_order(events, MOST)]


def _in_order(events: QuerySet[Event], most: int) -> list[Event]:
    return list(events.exclude(type__in=NOT_TOLD).order_by("at", "id")[:most])


def _kinds() -> list[Q]:
    """Return what `kind_of` decides as conditions, one for each kind."""
    refused = Q(outcome="refused")
    changed = ~refused & (~Q(changes=[]) | Q(type__in=_types_of(CHANGES)))
    sensitive = ~refused & ~changed & Q(type__in=SENSITIVE_TYPES)
    area = ~refused & ~changed & ~sensitive & Q(type__in=_types_of(LOOKS))
    return [refused, changed, sensitive, area, ~refused & ~changed & ~sensitive & ~area]


def _types_of(category: str) -> list[str]:
    return [known.name for known in all_types() if known.category == category]


def line_of(event: Event, *, links: bool = False) -> Line:
    """Return one event as a step; the product's own steps carry the time it gave them."""
    kind, areas = kind_of(event), _areas(event)
    return Line(
        at=_at(event),
        kind=kind,
        text=_short(event),
        detail=str(event.fields.get("comment") or ""),
        url=reverse("audit:event", args=[event.pk]) if links else "",
        tone="bad" if event.outcome == "failed" else "notice" if kind in (BLOCKED, CHANGE) else "",
        area=", ".join(areas),
        areas=areas,
        what=_what(event),
        changes=[_change(change) for change in event.changes],
    )


def kind_of(event: Event) -> str:
    """Return which kind of step an event is: area, sensitive, change, blocked or turn."""
    category = _category(event.type)
    if event.outcome == "refused":
        return BLOCKED
    if event.changes or category == CHANGES:
        return CHANGE
    if event.type in SENSITIVE_TYPES:
        return SENSITIVE
    return AREA if category == LOOKS else TURN


def joined(lines: Iterable[Line]) -> list[Line]:
    """Return steps with neighbours that say the same told once: areas, not every click."""
    told: list[Line] = []
    for line in lines:
        if told and line.kind in (AREA, BLOCKED) and (told[-1].kind, told[-1].text) == (line.kind, line.text):
            told[-1].times += 1
        else:
            told.append(line)
    return told


def _category(name: str) -> str:
    try:
        return event_type(name).category
    except LookupError:
        return ""


def _at(event: Event) -> datetime:
    told = event.fields.get("at") if event.type.startswith("product.") else None
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC) if told else event.at
    except ValueError:
        return event.at


def _areas(event: Event) -> list[str]:
    """Return the areas of the product, or the panels of the console, that an event names."""
    language = language_in_force()
    titles = [panel.title for key in event.fields.get("panels") or () if (panel := language.panel(str(key)))]
    one = str(event.fields.get("area") or event.fields.get("panel") or "")
    return titles or ([one] if one else [])


def _short(event: Event) -> str:
    """Return the sentence of an event without the tenant, which stands at the head of the story."""
    label = event.tenant_label
    return event.sentence.replace(f" on {label}", "").replace(f" of {label}", "") if label else event.sentence


def _what(event: Event) -> str:
    if event.type == "request.refused":
        return str(event.fields.get("sentence") or "")
    if event.type == "field.revealed":
        return (
            f"{event.fields.get('column', 'One field')} of {event.fields.get('panel', 'a panel')}, in clear"
        )
    return str(event.fields.get("what") or "")


def _change(change: dict[str, Any]) -> Change:
    def text(name: str) -> str:
        return "" if change.get(name) is None else str(change[name])

    return Change(text("field"), text("old"), text("new"))

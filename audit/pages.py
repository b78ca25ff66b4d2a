"""What the log's pages show, in plain words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from auditlog.models import LogEntry
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.registry import EventType, event_type
from opsconsole.lib.paging import KeysetPage

SURFACES = {
    "web": "A page of the console",
    "api": "The API",
    "admin": "Django admin",
    "task": "A task in the background",
    "command": "A command on the server",
    "product": "The product",
}
AUTHORITIES = {
    "role": "Held through a role",
    "grant": "Held through a grant",
    "object right": "Held through a standing right on this tenant",
    "break-glass": "Taken by break-glass",
    "none": "None was needed, or none was held",
}
OUTCOMES = {
    "ok": ("done", "It happened", "good"),
    "refused": ("refused", "It was not allowed, and nothing changed", "notice"),
    "failed": ("failed", "It was allowed and did not work", "bad"),
}
KINDS = {"person": "Person", "system": "The console itself", "product": "The product"}
PERIODS = (
    ("Last hour", timedelta(hours=1)),
    ("Today", timedelta()),
    ("7 days", timedelta(days=7)),
    ("30 days", timedelta(days=30)),
)
Fact = dict[str, Any]


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


def _url(query: QueryDict, **changes: str) -> str:
    kept = query.copy()
    for name in ("cursor", *changes):
        kept.pop(name, None)
    for name, value in changes.items():
        if value:
            kept[name] = value
    address = reverse("audit:explorer")
    return f"{address}?{kept.urlencode()}" if kept else address


def event_facts(event: Event) -> dict[str, list[Fact]]:
    """Return every field of an event under plain headings; empty fields are left out, save those whose absence tells something."""
    return {
        "Who and where": _kept(
            _fact("Who", event.actor_label, hint=KINDS[event.actor_kind]),
            _link("Their id", "actor", event.actor_id),
            _fact("On behalf of", event.subject_label),
            _copy("Customer user", event.subject_id),
            _fact("Through", SURFACES[event.surface]),
            _copy("HTTP request", event.http_request_id),
        ),
        "What": _kept(
            *_type_facts(event),
            _fact("Object", event.object_label, hint=event.object_type.replace("_", " ").capitalize()),
            _copy("Object's id", event.object_id),
            *(
                _fact(name.replace("_", " ").capitalize(), _said(value))
                for name, value in event.fields.items()
            ),
        ),
        "On which tenant": _kept(
            _fact("Tenant", event.tenant_label),
            _fact("Environment", event.tenant_environment.capitalize()),
            _fact("Region", event.tenant_region),
            _link("Tenant's id", "tenant", event.tenant_id),
        ),
        "By what right": _kept(
            _fact("Authority", AUTHORITIES[event.authority]),
            _link("Ticket", "ticket", event.ticket),
            _copy("Case", event.case_id),
            _copy("Access request", event.request_id),
            _link("Grant", "grant", event.grant_id),
            _link("Support session", "session", event.session_id),
            _fact("Approval", event.approval_state),
            _fact("Reason", event.reason_class.replace("_", " ")),
            _copy("Policy in force", event.policy_version),
        ),
        "How it is kept": _kept(
            _copy("Event", event.id),
            _fact("Place in the log", str(event.seq)),
            _fact("Written by", event.db_user, hint="The database's own word for who wrote the row"),
            _fact("Origin", "Made up for the demo, before the log began" if event.seeded else ""),
        ),
    }


def outcome(event: Event) -> dict[str, str]:
    """Return the outcome as the arguments of a chip."""
    word, meaning, tone = OUTCOMES[event.outcome]
    return {"word": word, "meaning": meaning, "tone": tone}


def _type_facts(event: Event) -> list[Fact]:
    kind: EventType | None
    try:
        kind = event_type(event.type)
    except LookupError:
        kind = None
    facts = [_link("Type", "type", event.type), _fact("Version of the type", str(event.type_version))]
    if kind is None:
        return [*facts, _fact("Kept as", "A type of an earlier version of the console")]
    return [*facts, _fact("Kept as", f"{kind.category}; retention class {kind.retention}")]


def _fact(label: str, value: str, hint: str = "") -> Fact:
    return {"label": label, "text": value, "hint": hint}


def _copy(label: str, value: object) -> Fact:
    return {"label": label, "text": "", "code": str(value) if value else ""}


def _link(label: str, name: str, value: object) -> Fact:
    """Return a fact that leads to all events with the same value."""
    url = f"{reverse('audit:explorer')}?{name}={value}" if value else ""
    return {"label": label, "text": str(value or ""), "url": url, "hint": ""}


def _kept(*facts: Fact) -> list[Fact]:
    return [fact for fact in facts if fact["text"] or fact.get("code")]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(value) if isinstance(value, list) else str(value if value is not None else "")


def change_rows(event: Event) -> list[list[tuple[Fact, Any]]]:
    """Return the changes of an event as rows of the table component."""
    return [
        list(
            zip(CHANGE_COLUMNS, [change.get("field", ""), change.get("old"), change.get("new")], strict=True)
        )
        for change in event.changes
    ]


CHANGE_COLUMNS: list[Fact] = [{"label": "Field"}, {"label": "Before"}, {"label": "After"}]
DETAIL_COLUMNS: list[Fact] = [
    {"label": "Object"},
    {"label": "Field"},
    {"label": "Before"},
    {"label": "After"},
]


def detail_rows(entries: list[LogEntry]) -> list[list[tuple[Fact, Any]]]:
    """Return django-auditlog's field history as rows of the table component."""
    rows = []
    for entry in entries:
        name = f"{entry.content_type.name.capitalize()} {entry.object_repr}"
        for field, (old, new) in (entry.changes_dict or {}).items():
            values = [
                name,
                field.replace("_", " "),
                "" if old == "None" else old,
                "" if new == "None" else new,
            ]
            rows.append(list(zip(DETAIL_COLUMNS, values, strict=True)))
    return rows

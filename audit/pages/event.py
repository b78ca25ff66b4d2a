"""One event in plain words."""

from typing import Any

from auditlog.models import LogEntry

from audit.models import Event
from audit.pages.facts import Fact, copy, fact, kept, link
from audit.registry import EventType, event_type

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


def event_facts(event: Event) -> dict[str, list[Fact]]:
    """Return every field of an event under plain headings; empty fields are left out, save those whose absence tells something."""
    return {
        "Who and where": kept(
            fact("Who", event.actor_label, hint=KINDS[event.actor_kind]),
            link("Their id", "actor", event.actor_id),
            fact("On behalf of", event.subject_label),
            copy("Customer user", event.subject_id),
            fact("Through", SURFACES[event.surface]),
            copy("Sign-in", event.fields.get("sign_in")),
            copy("HTTP request", event.http_request_id),
        ),
        "What": kept(
            *_type_facts(event),
            fact("Object", event.object_label, hint=event.object_type.replace("_", " ").capitalize()),
            copy("Object's id", event.object_id),
            *(
                fact(name.replace("_", " ").capitalize(), _said(value))
                for name, value in event.fields.items()
                if name != "sign_in"
            ),
        ),
        "On which tenant": kept(
            fact("Tenant", event.tenant_label),
            fact("Environment", event.tenant_environment.capitalize()),
            fact("Region", event.tenant_region),
            link("Tenant's id", "tenant", event.tenant_id),
        ),
        "By what right": kept(
            fact("Authority", AUTHORITIES[event.authority]),
            link("Ticket", "ticket", event.ticket),
            copy("Case", event.case_id),
            copy("Access request", event.request_id),
            link("Grant", "grant", event.grant_id),
            link("Support session", "session", event.session_id),
            fact("Approval", event.approval_state),
            fact("Reason", event.reason_class.replace("_", " ")),
            copy("Policy in force", event.policy_version),
        ),
        "How it is kept": kept(
            copy("Event", event.id),
            fact("Place in the log", str(event.seq)),
            fact("Written by", event.db_user, hint="The database's own word for who wrote the row"),
            fact("Origin", "Made up for the demo, before the log began" if event.seeded else ""),
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
    facts = [link("Type", "type", event.type), fact("Version of the type", str(event.type_version))]
    if kind is None:
        return [*facts, fact("Kept as", "A type of an earlier version of the console")]
    return [*facts, fact("Kept as", f"{kind.category}; retention class {kind.retention}")]


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

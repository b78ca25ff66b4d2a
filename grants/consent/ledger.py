"""A customer's ledger: every access of our staff to their account, built from the sealed log, with roles in the place of names."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.models import Person
from audit.models import Event
from audit.registry import all_types
from audit.seal import store
from audit.seal.store import Head
from grants.consent.queries import STAFF, role_of
from grants.models import Grant, GrantScope
from opsconsole.lib.clock import database_now
from tenants.language.shapes import AREAS
from tenants.models import Tenant
from tenants.queries import language_in_force

SEEN = "AU-2: access to customer data"
SINCE = timedelta(days=365)
MOST_EVENTS = 5000
PAUSE = timedelta(minutes=30)  # a look after a longer pause is another access
CLASSES = {
    "view": "Asked for and approved",
    "sensitive": "A closer look, asked for and approved",
    "corrective": "A correction, asked for and approved",
    "high_risk": "Work inside the account, approved by two people",
}
BY_ROLE, EMERGENCY = "What support always sees", "An emergency, reviewed afterwards"


@dataclass(frozen=True)
class Entry:
    """One event of an access, with its place in the sealed log; None while it waits for its seal."""

    id: UUID
    at: datetime
    position: int | None


@dataclass
class Access:
    """One access: by whom, why, how long, what was seen and what changed."""

    who: str
    ticket: str
    why: str
    began: datetime
    last: datetime
    until: datetime | None = None
    seen: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """Return how long it lasted: the window of a grant, or the time from the first look to the last; at least a minute."""
        return max(1, round(((self.until or self.last) - self.began).total_seconds() / 60))


@dataclass(frozen=True)
class Ledger:
    """The accesses of one tenant, newest first, and the signed head that they can be checked against."""

    accesses: list[Access]
    since: datetime
    is_whole: bool
    head: Head | None


def ledger_of(tenant: Tenant) -> Ledger:
    """Return the ledger of one tenant over the last year."""
    since = database_now() - SINCE
    found = Event.objects.filter(
        _is_access(), tenant_id=str(tenant.pk), at__gte=since, actor_kind="person", outcome="ok"
    ).order_by("-at", "-id")
    rows = list(found[: MOST_EVENTS + 1])
    heads = store.recent_heads(1)
    accesses = _accesses(rows[MOST_EVENTS - 1 :: -1])
    return Ledger(accesses[::-1], since, len(rows) <= MOST_EVENTS, heads[0] if heads else None)


def _is_access() -> Q:
    """Return the condition for events that showed or changed something of the customer's."""
    looks = [kind.name for kind in all_types() if kind.category == SEEN and not kind.name.startswith("case.")]
    return Q(type__in=looks) | (~Q(changes=[]) & ~Q(object_type__in=["case", "request", "grant"]))


def _accesses(rows: list[Event]) -> list[Access]:
    words, places = _Words(rows), positions_of(event.id for event in rows)
    running: dict[tuple[str, str], Access] = {}
    found: list[Access] = []
    for event in rows:
        key = (event.actor_id, str(event.grant_id or event.ticket))
        access = running.get(key)
        if access is None or (not event.grant_id and event.at - access.last > PAUSE):
            access = running[key] = words.access(event)
            found.append(access)
        access.last = event.at
        access.entries.append(Entry(event.id, event.at, places.get(event.id)))
        _add(access.seen, words.areas(event))
        _add(access.changed, words.changes(event))
    return found


def _add(into: list[str], more: Iterable[str]) -> None:
    into += [word for word in more if word not in into]


def positions_of(ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return where events stand in the sealed log, by id; those that wait for their seal are left out."""
    sql = "SELECT event_id, position FROM audit_seal_leaf WHERE event_id = ANY(%s)"
    return dict(store.rows_of(sql, [list(ids)]))


class _Words:
    """Roles, reasons and areas of some events, read once."""

    def __init__(self, rows: list[Event]) -> None:
        people = Person.objects.in_bulk({UUID(event.actor_id) for event in rows if event.actor_id})
        self._roles = {str(key): role_of(person) for key, person in people.items()}
        ids = {event.grant_id for event in rows if event.grant_id}
        self._grants = Grant.objects.select_related("request", "case").in_bulk(ids)
        self._scopes = list(
            GrantScope.objects.filter(grant_id__in=ids).values_list("grant_id", "consequence")
        )
        self._areas = {panel.key: AREAS.get(panel.area, panel.area) for panel in language_in_force().panels}

    def access(self, event: Event) -> Access:
        """Return the access that begins with an event."""
        grant = self._grants.get(event.grant_id) if event.grant_id else None
        began = grant.starts_at if grant else event.at
        until = min(grant.ended_at or grant.expires_at, database_now()) if grant else None
        who = self._roles.get(event.actor_id, STAFF)
        return Access(
            who,
            event.ticket or (grant.case.ticket if grant else ""),
            self._why(event, grant),
            began,
            event.at,
            until,
        )

    def _why(self, event: Event, grant: Grant | None) -> str:
        if event.reason_class:
            return event.reason_class.replace("_", " ").capitalize()
        if event.authority == "break-glass" or (grant and grant.request.kind == "break_glass"):
            return EMERGENCY
        held = {consequence for grant_id, consequence in self._scopes if grant and grant_id == grant.pk}
        return CLASSES[max(held, key=list(CLASSES).index)] if held else BY_ROLE

    def areas(self, event: Event) -> list[str]:
        """Return what was seen, by area; a field shown in clear says so."""
        keys = event.fields.get("panels") or []
        seen = [self._areas.get(key, "") for key in keys]
        if event.type == "field.revealed":
            seen.append(
                f"{event.fields.get('column', 'One field')} of {event.fields.get('panel', 'a panel')}, in clear"
            )
        return [word for word in dict.fromkeys(seen) if word]

    def changes(self, event: Event) -> list[str]:
        """Return which fields changed; their values stay with the customer."""
        return [str(change.get("field", "")).replace("_", " ") for change in event.changes]

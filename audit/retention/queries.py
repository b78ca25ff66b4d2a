"""Reads: what legal holds cover, which months of the log can be archived, and what is erased next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from audit.models import LegalHold
from audit.retention.rules import Retention, months_later, retention_in_force
from audit.seal.store import rows_of
from audit.streams.queries import streams_owed
from opsconsole.lib.clock import database_now
from opsconsole.lib.registry import audit_reach

LOCK = 7_305_124_190_214_502
"""Number of the advisory lock under which holds are placed and anything is erased or archived; `audit_drop_month` takes it too."""

_MONTHS = """
    SELECT substr(c.relname, 13), greatest(c.reltuples, 0)::bigint FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'audit_event'::regclass AND c.relname ~ '^audit_event_[0-9]{4}_[0-9]{2}$' ORDER BY c.relname
"""
_TYPES = """
    WITH RECURSIVE found AS (
        (SELECT type FROM audit_event WHERE at >= %(first)s AND at < %(end)s ORDER BY type LIMIT 1)
        UNION ALL
        SELECT (SELECT e.type FROM audit_event e WHERE e.at >= %(first)s AND e.at < %(end)s AND e.type > found.type
                ORDER BY e.type LIMIT 1)
        FROM found WHERE found.type IS NOT NULL)
    SELECT type FROM found WHERE type IS NOT NULL
"""
_VALUES = """
    SELECT v.retention, count(*), count(*) FILTER (WHERE held), min(v.at) FILTER (WHERE NOT held) FROM (
        SELECT p.retention, p.at, EXISTS (SELECT 1 FROM audit_held() h WHERE h.event_id = p.event_id) AS held FROM audit_private_value p) v
    GROUP BY v.retention ORDER BY v.retention
"""


@dataclass(frozen=True)
class Month:
    """One month of the log that holds events. `due` is when all of its events are past their time, None for never.

    `stops` says in sentences what keeps it from being archived, whatever the time. `events` is an estimate of PostgreSQL's.
    """

    name: str
    first: datetime
    end: datetime
    events: int
    months: int | None
    due: datetime | None
    stops: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.first:%B %Y}"


@dataclass(frozen=True)
class Values:
    """The personal values kept beside the events of one class: how many, how many of them are held, when the next is erased."""

    name: str
    months: int
    count: int
    held: int
    next: datetime | None


def holds_for(person: object) -> QuerySet[LegalHold]:
    """Return the legal holds, those that stand first, then the newest; for people who may read the whole log only."""
    everything = all(reach(person=person) is None for reach in audit_reach)
    found = LegalHold.objects.order_by("lifted_at", "-placed_at")
    return found if everything else found.none()


def lock_retention() -> None:
    """Wait until nobody else places a hold, erases or archives; until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def tickets_holding(where: str, params: Sequence[Any]) -> list[str]:
    """Return the tickets of the holds on events for which a condition on `audit_held() h` is true."""
    rows = rows_of(
        f"""SELECT DISTINCT l.ticket FROM audit_held() h JOIN audit_legalhold l ON l.id = h.hold_id
            WHERE {where} ORDER BY 1""",  # noqa: S608 - conditions of this package
        list(params),
    )
    return [ticket for (ticket,) in rows]


def months(names: Sequence[str] = (), most: int = 1200) -> list[Month]:
    """Return the months of the log that hold events, the oldest first; only those of `names` where any are given."""
    rules, now = retention_in_force(), database_now()
    found: list[Month] = []
    for written, estimate in rows_of(_MONTHS):
        name = written.replace("_", "-")
        first = datetime(int(name[:4]), int(name[5:]), 1, tzinfo=UTC)
        if len(found) == most or first > now:
            break
        if names and name not in names:
            continue
        month = _month(rules, name, first, estimate)
        if month is not None:
            found.append(month)
    return found


def _month(rules: Retention, name: str, first: datetime, estimate: int) -> Month | None:
    end = months_later(first, 1)
    types = _types_in(first, end)
    if not types:
        return None
    kept = rules.months_of(types)
    due = months_later(end, kept) if kept is not None else None
    return Month(name, first, end, estimate, kept, due, tuple(_stops(first, end)))


def _types_in(first: datetime, end: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TYPES, {"first": first, "end": end})
        return [name for (name,) in cursor.fetchall()]


def _stops(first: datetime, end: datetime) -> list[str]:
    held = tickets_holding("h.at >= %s AND h.at < %s", [first, end])
    kept = rows_of("SELECT count(*) FROM audit_private_value WHERE at >= %s AND at < %s", [first, end])[0][0]
    said = [f"A legal hold stands on it, under {ticket}." for ticket in held]
    said += [f"Stream {name} has not handed over all of it." for name in streams_owed(first, end)]
    return [*said, f"{kept} personal values are kept beside its events."] if kept else said


def values_kept() -> list[Values]:
    """Return what is kept beside the log, by class; `next` is when the oldest value that nobody holds is erased."""
    rules, found = retention_in_force(), []
    for name, count, held, oldest in rows_of(_VALUES):
        kept = rules.values_of(name)
        after = rows_of("SELECT %s::timestamptz + make_interval(months => %s)", [oldest, kept])[0][0]
        found.append(Values(name, kept, count, held, after))
    return found

"""The sealed log from one entry on: which accesses the next events name, and which of them used one after its end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, order=True)
class Place:
    """One entry of the sealed log; logs follow one another."""

    log: int
    position: int


@dataclass(frozen=True)
class Named:
    """One sealed event that names an access. `late` is how long after the end it was allowed, in seconds, None for any other event."""

    grant_id: UUID
    event_id: UUID
    at: datetime
    late: float | None


_LAST = """
    SELECT log, position, count(*) OVER () FROM (
        SELECT log, position FROM audit_seal_leaf WHERE (log, position) > (%s, %s) ORDER BY log, position LIMIT %s
    ) AS next_entries ORDER BY log DESC, position DESC LIMIT 1
"""
_NAMED = """
    SELECT e.grant_id, e.id, e.at,
           CASE WHEN e.authority IN ('grant', 'break-glass') AND e.outcome = 'ok' AND e.at > least(g.ended_at, g.expires_at)
                THEN extract(epoch FROM e.at - least(g.ended_at, g.expires_at))::float END
    FROM audit_seal_leaf l
    JOIN audit_event e ON e.id = l.event_id AND e.at = l.event_at
    JOIN grants_grant g ON g.id = e.grant_id
    WHERE (l.log, l.position) > (%s, %s) AND (l.log, l.position) <= (%s, %s)
    ORDER BY l.log, l.position
"""


_BEFORE = """
    SELECT l.log, l.position FROM audit_seal_leaf l
    WHERE (l.log, l.position) < (
        SELECT f.log, f.position FROM audit_seal_leaf f WHERE f.event_at >= %s ORDER BY f.log, f.position LIMIT 1)
    ORDER BY l.log DESC, l.position DESC LIMIT 1
"""


def last_before(moment: datetime) -> Place | None:
    """Return the last entry of the sealed log before the first one whose event is not older than a moment, None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [moment])
        row = cursor.fetchone()
    return Place(row[0], row[1]) if row else None


def last_of(after: Place, limit: int) -> tuple[Place, int] | None:
    """Return the last of the next entries, at most `limit` of them, and how many they are; None where none was sealed since."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [after.log, after.position, limit])
        row = cursor.fetchone()
    return (Place(row[0], row[1]), row[2]) if row else None


def named_between(after: Place, until: Place) -> list[Named]:
    """Return the events of these entries that name an access, in the order of the log; `until` is the last entry."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [after.log, after.position, until.log, until.position])
        return [Named(*row) for row in cursor.fetchall()]

"""What does not fit: each check reads the log and the rows of the accesses that the last sealed events named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from grants.matching.sealed import Named
from grants.models import UseFinding
from grants.reviews.listing import spell
from opsconsole.lib.clock import written

Basis = tuple[tuple[UUID, datetime], ...]  # events by id and time

# An access that began with an approval is over, all of it is under the seal, and no holder of it ever used it.
_NEVER_USED = """
    SELECT g.id, a.decided_at, a.by, over.id, over.at, said.id, said.at
    FROM grants_grant g
    JOIN grants_accessrequest r ON r.id = g.request_id AND r.kind = 'asked'
    CROSS JOIN LATERAL (
        SELECT max(a.decided_at) AS decided_at,
               string_agg(coalesce(p.display_name, 'the policy’s rule “' || a.rule || '”'), ' and ' ORDER BY a.decided_at) AS by
        FROM grants_approval a LEFT JOIN accounts_person p ON p.id = a.decider_id
        WHERE a.request_id = g.request_id AND a.round = r.round AND a.decision = 'approve') a
    CROSS JOIN LATERAL (
        SELECT e.id, e.at FROM audit_event e JOIN audit_seal_leaf l ON l.event_id = e.id
        WHERE e.grant_id = g.id AND e.type = 'grant.ended' ORDER BY e.at LIMIT 1) over
    LEFT JOIN LATERAL (
        SELECT e.id, e.at FROM audit_event e WHERE e.request_id = g.request_id AND e.outcome = 'ok'
        AND e.type IN ('request.approved', 'request.approved_by_policy') ORDER BY e.at DESC LIMIT 1) said ON true
    WHERE g.id = ANY(%(grants)s) AND g.status = 'ended' AND a.decided_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM grants_grant h WHERE h.handed_over_from_id = g.id)
      AND NOT EXISTS (SELECT 1 FROM grants_grant h JOIN audit_event e ON e.grant_id = h.id
                      WHERE h.request_id = g.request_id AND e.authority = 'grant' AND e.outcome = 'ok')
"""

# One approval, and a use under more than one access that rests on it.
_TWICE = """
    SELECT h.request_id, h.id, p.display_name, h.handed_over_from_id IS NOT NULL, h.starts_at, use.id, use.at
    FROM (SELECT DISTINCT request_id FROM grants_grant WHERE id = ANY(%(grants)s)) r
    JOIN grants_grant h ON h.request_id = r.request_id
    JOIN accounts_person p ON p.id = h.person_id
    CROSS JOIN LATERAL (
        SELECT e.id, e.at FROM audit_event e
        WHERE e.grant_id = h.id AND e.authority = 'grant' AND e.outcome = 'ok' ORDER BY e.at LIMIT 1) use
    WHERE EXISTS (SELECT 1 FROM grants_grant o WHERE o.request_id = h.request_id AND o.id <> h.id)
    ORDER BY h.request_id, h.starts_at, h.id
"""

# The decision came from the sign-in, or from the browser, in which somebody else asked for this access or used it.
_TOGETHER = """
    SELECT DISTINCT ON (g.id) g.id, d.actor_label, a.actor_label, a.type LIKE '%%.requested', own.device,
           d.fields->>'sign_in' = a.fields->>'sign_in', d.id, d.at, a.id, a.at
    FROM grants_grant g
    CROSS JOIN LATERAL grants_chain_of(g.request_id) AS part
    JOIN audit_event d ON d.request_id = part AND d.type = 'request.approved' AND d.fields ? 'sign_in'
    JOIN accounts_signin theirs ON theirs.id::text = d.fields->>'sign_in'
    CROSS JOIN LATERAL (
        SELECT e.id, e.at, e.type, e.actor_id, e.actor_label, e.fields FROM audit_event e
        WHERE e.request_id IN (SELECT grants_chain_of(g.request_id)) AND e.type IN ('access.requested', 'extension.requested')
        UNION ALL
        SELECT e.id, e.at, e.type, e.actor_id, e.actor_label, e.fields FROM audit_event e
        WHERE e.grant_id = g.id AND e.authority = 'grant' AND e.outcome = 'ok') a
    JOIN accounts_signin own ON own.id::text = a.fields->>'sign_in'
    WHERE g.id = ANY(%(grants)s) AND a.actor_id <> d.actor_id AND (own.id = theirs.id OR own.device_id = theirs.device_id)
    ORDER BY g.id, own.id = theirs.id DESC, a.at
"""


@dataclass(frozen=True)
class Found:
    """Something about one access that does not fit, in words, with the events it rests on."""

    grant_id: UUID
    kind: UseFinding.Kind
    words: str
    basis: Basis


def look(named: Iterable[Named]) -> Iterator[Found]:
    """Yield what does not fit about the accesses that these sealed events name."""
    named = list(named)
    yield from _after_end([one for one in named if one.late is not None])
    values = {"grants": sorted({one.grant_id for one in named})}
    yield from map(_never_used, _rows(_NEVER_USED, values))
    yield from _twice(_rows(_TWICE, values))
    yield from map(_together, _rows(_TOGETHER, values))


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Any] = cursor.fetchall()
    return found


def _after_end(late: list[Named]) -> Iterator[Found]:
    for grant_id, uses in groupby(
        sorted(late, key=lambda one: (one.grant_id, one.at)), attrgetter("grant_id")
    ):
        basis = tuple(uses)
        words = f"Used at {written(basis[0].at)}, {_length(basis[0].late or 0)} after its end."
        yield Found(
            grant_id, UseFinding.Kind.AFTER_END, words, tuple((one.event_id, one.at) for one in basis)
        )


def _never_used(row: Any) -> Found:
    grant_id, decided_at, by, over_id, over_at, said_id, said_at = row
    basis = ((said_id, said_at),) if said_id else ()
    words = f"Approved at {written(decided_at)} by {by}, never used."
    return Found(grant_id, UseFinding.Kind.NEVER_USED, words, (*basis, (over_id, over_at)))


def _twice(rows: list[Any]) -> Iterator[Found]:
    for _request, group in groupby(rows, key=lambda row: row[0]):
        used = list(group)
        if len(used) > 1:
            people = ", then ".join(_holder(*row[2:5]) for row in used)
            words = f"One approval, used under {len(used)} accesses: {people}."
            basis = tuple((row[5], row[6]) for row in used)
            yield Found(used[-1][1], UseFinding.Kind.TWICE, words, basis)


def _holder(name: str, handed_over: bool, starts_at: datetime) -> str:
    return f"{name}, handed over at {written(starts_at)}" if handed_over else name


def _together(row: Any) -> Found:
    grant_id, decider, actor, asked, device, same, decision_id, decided_at, event_id, at = row
    place = "the very sign-in" if same else f"the same browser ({device})"
    words = f"{decider} approved from {place} in which {actor} {'asked for' if asked else 'used'} it."
    return Found(grant_id, UseFinding.Kind.TOGETHER, words, ((decision_id, decided_at), (event_id, at)))


def _length(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.0f} s"
    return spell(round(seconds / 60))

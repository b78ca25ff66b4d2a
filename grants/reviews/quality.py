"""How decisions are made: how long they wait, whether the details were opened first, and who approves whom."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection

from opsconsole.lib.charts import Plot, Point, bar_plot

# A decision waits from the asking, or from the last answer to a question before it.
_DECISIONS = """
    SELECT a.decider_id, p.display_name, a.decision, u.id, u.display_name,
           extract(epoch FROM a.decided_at - greatest(r.asked_at, (
               SELECT max(m.said_at) FROM grants_requestmessage m
               WHERE m.request_id = r.id AND m.kind = 'answer' AND m.said_at <= a.decided_at)))::float,
           extract(epoch FROM a.decided_at - (
               SELECT min(e.at) FROM audit_event e WHERE e.request_id = r.id AND e.type = 'request.opened'
               AND e.actor_id = a.decider_id::text AND e.at <= a.decided_at))::float,
           a.decision = 'deny' OR a.scope_count < r.scope_count OR a.minutes < r.minutes
    FROM grants_approval a JOIN grants_accessrequest r ON r.id = a.request_id
    JOIN accounts_person p ON p.id = a.decider_id JOIN accounts_person u ON u.id = r.person_id
    WHERE a.decided_at >= clock_timestamp() - make_interval(days => %s)
    ORDER BY p.display_name
"""


@dataclass(frozen=True)
class Approver:
    """One person's decisions: medians in seconds, counts, and their share in percent of the decisions."""

    name: str
    decisions: int
    waited: float
    read: float | None
    unopened: int
    narrowed: int

    @property
    def unopened_share(self) -> int:
        """Return how many of a hundred decisions were made without opening the details."""
        return round(100 * self.unopened / self.decisions)


@dataclass(frozen=True)
class Pair:
    """Two people who approve each other's access."""

    one: str
    other: str
    by_one: int
    by_other: int


@dataclass(frozen=True)
class Quality:
    """How decisions were made in the last `days`, by approver, with two plots."""

    days: int
    approvers: list[Approver]
    pairs: list[Pair]
    waited: Plot
    unopened: Plot

    @property
    def decisions(self) -> int:
        """Return how many decisions people made."""
        return sum(approver.decisions for approver in self.approvers)


def quality_of_decisions(days: int) -> Quality:
    """Return how decisions of the last days were made. What a rule of the policy approved by itself is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_DECISIONS, [days])
        rows = cursor.fetchall()
    by_decider: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        by_decider[row[0]].append(row)
    approvers = [_approver(theirs) for theirs in by_decider.values()]
    waited = [Point(one.name, one.waited / 60, f"{one.waited / 60:.1f} min") for one in approvers]
    unopened = [Point(one.name, one.unopened_share, f"{one.unopened_share} %") for one in approvers]
    return Quality(days, approvers, _pairs(rows), bar_plot(waited), bar_plot(unopened, at_least=100))


def _approver(rows: list[Any]) -> Approver:
    read = [row[6] for row in rows if row[6] is not None]
    return Approver(
        name=rows[0][1],
        decisions=len(rows),
        waited=median(row[5] for row in rows),
        read=median(read) if read else None,
        unopened=len(rows) - len(read),
        narrowed=sum(row[7] for row in rows),
    )


def _pairs(rows: list[Any]) -> list[Pair]:
    approved: dict[tuple[Any, Any], int] = defaultdict(int)
    names: dict[Any, str] = {}
    for decider, name, decision, user, user_name, *_ in rows:
        names |= {decider: name, user: user_name}
        if decision == "approve":
            approved[decider, user] += 1
    return [
        Pair(names[one], names[other], number, approved[other, one])
        for (one, other), number in list(approved.items())
        if str(one) < str(other) and approved.get((other, one))
    ]

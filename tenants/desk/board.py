"""The desk's own numbers, day by day, from the log and from what people answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from opsconsole.lib.charts import Plot, Point, bar_plot
from opsconsole.lib.clock import database_now
from tenants.desk.use import ELSEWHERE, PanelUse, panel_use

DAYS = 14

_FIRST_ANSWER = """
WITH yes AS (
  SELECT DISTINCT ON (person_id, tenant_id, ticket, at::date) person_id::text AS person, tenant_id::text AS tenant, ticket, at
  FROM tenants_panelanswer WHERE verdict = 'yes' AND at >= %(since)s ORDER BY person_id, tenant_id, ticket, at::date, at
), waited AS (
  SELECT at::date AS day, extract(epoch FROM at - (
    SELECT min(e.at) FROM audit_event e WHERE e.type = 'panel.opened' AND e.actor_id = yes.person AND e.tenant_id = yes.tenant
      AND e.ticket = yes.ticket AND e.at BETWEEN yes.at - interval '8 hours' AND yes.at)) / 60 AS minutes
  FROM yes
)
SELECT day, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes), count(*) FROM waited WHERE minutes IS NOT NULL GROUP BY ROLLUP (day)
"""
_UNESCALATED = """
SELECT at::date AS day, 100.0 * count(*) FILTER (WHERE NOT EXISTS (
  SELECT 1 FROM audit_event a WHERE a.type = 'access.requested' AND a.case_id = e.case_id)) / nullif(count(*), 0), count(*)
FROM audit_event e WHERE type = 'case.opened' AND at >= %(since)s GROUP BY ROLLUP (day)
"""
_ASKED_MORE = f"""
SELECT at::date AS day, 100.0 * count(*) FILTER (WHERE EXISTS (
  SELECT 1 FROM audit_event a WHERE a.type = 'access.requested' AND a.actor_id = e.actor_id AND a.tenant_id = e.tenant_id
    AND a.at BETWEEN e.at AND e.at + interval '{ELSEWHERE}')) / nullif(count(*), 0), count(*)
FROM audit_event e WHERE type = 'panel.opened' AND authority = 'role' AND at >= %(since)s GROUP BY ROLLUP (day)
"""  # noqa: S608
_GUESSED = """
SELECT at::date AS day, 100.0 * count(*) FILTER (WHERE verdict = 'guessed') / nullif(count(*), 0), count(*)
FROM tenants_panelanswer WHERE at >= %(since)s GROUP BY ROLLUP (day)
"""
_BOUNCED = """
WITH told AS (
  SELECT at::date AS day, bool_or(verdict = 'asked') AS asked
  FROM tenants_panelanswer WHERE ticket <> '' AND at >= %(since)s GROUP BY at::date, tenant_id, ticket
)
SELECT day, 100.0 * count(*) FILTER (WHERE asked) / nullif(count(*), 0), count(*) FROM told GROUP BY ROLLUP (day)
"""
_BACK = """
WITH gone AS (
  SELECT tenant_id, ticket, min(at) AS at FROM tenants_panelanswer
  WHERE verdict = 'asked' AND ticket <> '' AND at >= %(since)s GROUP BY at::date, tenant_id, ticket
), back AS (
  SELECT at::date AS day, extract(epoch FROM (
    SELECT min(said.at) FROM tenants_panelanswer said WHERE said.tenant_id = gone.tenant_id AND said.ticket = gone.ticket
      AND said.verdict <> 'asked' AND said.at > gone.at) - gone.at) / 3600 AS hours
  FROM gone
)
SELECT day, percentile_cont(0.5) WITHIN GROUP (ORDER BY hours), count(*) FROM back WHERE hours IS NOT NULL GROUP BY ROLLUP (day)
"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a measure: its number as people read it, and how many things it was counted from."""

    day: date
    text: str
    of: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of the desk over the last days, its plot and its days."""

    key: str
    title: str
    means: str
    number: str
    of: int
    unit: str
    plot: Plot
    days: tuple[Day, ...]
    counted: str


@dataclass(frozen=True, slots=True)
class Board:
    """What `/metrics-board/` shows."""

    measures: tuple[Measure, ...]
    panels: tuple[PanelUse, ...]
    days: int = DAYS


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _minutes(value: float) -> str:
    return f"{value:.0f} min" if value >= 10 else f"{value:.1f} min"


def _hours(value: float) -> str:
    return f"{value:.0f} h" if value >= 10 else f"{value:.1f} h"


@dataclass(frozen=True, slots=True)
class _Ask:
    """One number to be counted: the query gives day (nothing for all days), value, and of how many."""

    key: str
    title: str
    means: str
    sql: str
    counted: str
    unit: str = "%"
    spell: Callable[[float], str] = _percent


_ASKS = (
    _Ask(
        "first-answer",
        "Time to the first useful answer",
        "Minutes from the first panel a person opens on a tenant and ticket to their first yes; the median.",
        _FIRST_ANSWER,
        "answers",
        "min",
        _minutes,
    ),
    _Ask(
        "without-escalation",
        "Answered without escalation",
        "Cases under which nobody asked for access.",
        _UNESCALATED,
        "cases",
    ),
    _Ask(
        "asked-for-more",
        "Asked for more after the panel",
        "Openings after which the same person asked for access on that tenant within 8 hours.",
        _ASKED_MORE,
        "openings",
    ),
    _Ask(
        "guessed",
        "Had to guess",
        "Answers beside a panel that say the person had to guess.",
        _GUESSED,
        "answers",
    ),
    _Ask(
        "bounced",
        "Bounced to engineering",
        "Tickets on which somebody had to ask engineering, among those answered beside a panel; a ticket counts once a day.",
        _BOUNCED,
        "tickets",
    ),
    _Ask(
        "back",
        "Back from engineering",
        "Hours from asking engineering to the next yes, no or guess on that ticket; the median.",
        _BACK,
        "tickets that came back",
        "h",
        _hours,
    ),
)


def measures() -> Board:
    """Return the desk's numbers of the last fourteen days, today included."""
    today = database_now().date()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return Board(
        tuple(_measure(ask, days) for ask in _ASKS), tuple(sorted(panel_use(), key=lambda use: -use.opened))
    )


def _measure(ask: _Ask, days: list[date]) -> Measure:
    rows = _counted(ask, days[0])
    total = rows.get(None)
    return Measure(
        ask.key,
        ask.title,
        ask.means,
        number=ask.spell(total[0]) if total else "no data yet",
        of=total[1] if total else 0,
        unit=ask.unit,
        plot=bar_plot(
            [_point(day, rows.get(day), ask.spell) for day in days], at_least=100 if ask.unit == "%" else 0
        ),
        days=tuple(Day(day, ask.spell(rows[day][0]), rows[day][1]) for day in reversed(days) if day in rows),
        counted=ask.counted,
    )


def _counted(ask: _Ask, since: date) -> dict[date | None, tuple[float, int]]:
    with connection.cursor() as cursor:
        cursor.execute(ask.sql, {"since": since})
        return {day: (float(value), of) for day, value, of in cursor.fetchall() if value is not None}


def _point(day: date, found: tuple[float, int] | None, spell: Callable[[float], str]) -> Point:
    return Point(f"{day:%-d %b}", found[0] if found else None, spell(found[0]) if found else "")

"""Which access stands out: one query over what ended lately, and each rule's numbers in a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.urls import reverse

from grants.reviews.rules import Night, ReviewRules

MOST = 200  # accesses of one list; the oldest wait until the newer ones are closed

# Emergency starts owe a review of their own and stand in its list. `mine` is whether the reader asked for it, held it or decided on it.
_ENDED = """
    SELECT g.id, p.display_name, t.name, c.ticket, g.starts_at, least(g.ended_at, g.expires_at) AS over_at, g.counts_from,
        (SELECT count(*) FROM grants_accessrequest x JOIN grants_grant h ON h.id = x.extends_id
         WHERE h.request_id = g.request_id AND x.status = 'approved') AS extended,
        (SELECT count(*) FROM grants_grant o WHERE o.person_id = g.person_id AND o.tenant_id = g.tenant_id
         AND o.starts_at <= g.starts_at AND o.starts_at > g.starts_at - make_interval(days => %(repeat_days)s)) AS times,
        NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.grant_id = g.id AND e.authority = 'grant' AND e.outcome = 'ok')
            AND NOT EXISTS (SELECT 1 FROM grants_usefinding f WHERE f.grant_id = g.id AND f.kind = 'never_used') AS unused,
        (SELECT coalesce(array_agg(rule), '{}') FROM grants_grantreview v, unnest(v.rules) rule WHERE v.grant_id = g.id) AS seen,
        EXISTS (SELECT 1 FROM grants_grant h WHERE h.request_id = g.request_id AND %(reader)s IN (h.person_id, h.ended_by_id))
            OR EXISTS (SELECT 1 FROM grants_accessrequest x WHERE x.id IN (SELECT grants_chain_of(g.request_id))
                       AND %(reader)s IN (x.requester_id, x.person_id))
            OR EXISTS (SELECT 1 FROM grants_approval a WHERE a.request_id IN (SELECT grants_chain_of(g.request_id))
                       AND a.decider_id = %(reader)s) AS mine
    FROM grants_grant g
    JOIN grants_accessrequest r ON r.id = g.request_id AND r.kind = 'asked'
    JOIN grants_case c ON c.id = g.case_id JOIN tenants_tenant t ON t.id = g.tenant_id JOIN accounts_person p ON p.id = g.person_id
    WHERE least(g.ended_at, g.expires_at) BETWEEN clock_timestamp() - make_interval(days => %(days)s) AND clock_timestamp()
      AND (%(grant)s::uuid IS NULL OR g.id = %(grant)s)
    ORDER BY over_at DESC
"""


@dataclass(frozen=True)
class Finding:
    """One rule that an access met, and its numbers."""

    rule: str
    title: str
    numbers: str


@dataclass(frozen=True)
class Row:
    """One access that is over, as far as the rules look at it."""

    id: UUID
    person: str
    tenant: str
    ticket: str
    starts_at: datetime
    over_at: datetime
    counts_from: datetime
    extended: int
    times: int
    unused: bool
    seen: list[str]
    mine: bool

    @property
    def minutes(self) -> int:
        """Return how long the whole access ran, in minutes, whoever held it before."""
        return round((self.over_at - self.counts_from).total_seconds() / 60)


@dataclass(frozen=True)
class Item:
    """One line of the list: an access with the rules that put it there and nobody has looked at yet."""

    row: Row
    findings: tuple[Finding, ...]

    @property
    def week(self) -> date:
        """Return the Monday of the week in which it ended (UTC)."""
        return monday(self.row.over_at)

    @property
    def url(self) -> str:
        """Return the page of the access."""
        return reverse("grants:grant", args=[self.row.id])


def monday(moment: datetime) -> date:
    """Return the Monday of a moment's week, by UTC."""
    return moment.date() - timedelta(days=moment.weekday())


def to_look_at(rules: ReviewRules, reader: UUID, grant: UUID | None = None) -> list[Item]:
    """Return the accesses that met a rule and that nobody has looked at for it, newest first; of one grant only where it is named."""
    items = (_item(row, rules) for row in _rows(rules, reader, grant))
    return [item for item in items if item.findings][:MOST]


def _rows(rules: ReviewRules, reader: UUID, grant: UUID | None) -> Iterator[Row]:
    values: dict[str, Any] = {
        "repeat_days": rules.repeated[1] if rules.repeated else 1,
        "days": rules.days,
        "reader": reader,
        "grant": grant,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, values)
        for row in cursor.fetchall():
            yield Row(*row)


def _item(row: Row, rules: ReviewRules) -> Item:
    return Item(row, tuple(found for found in _findings(row, rules) if found.rule not in row.seen))


def _findings(row: Row, rules: ReviewRules) -> Iterator[Finding]:
    if rules.long_minutes and row.minutes >= rules.long_minutes:
        numbers = f"Open for {spell(row.minutes)}; the rule begins at {spell(rules.long_minutes)}."
        yield Finding("long", "Long", numbers)
    if rules.unused_minutes and row.unused and row.minutes >= rules.unused_minutes:
        yield Finding("unused", "Unused", f"Open for {spell(row.minutes)} and never used.")
    if rules.extended_times and row.extended >= rules.extended_times:
        numbers = f"Extended {times(row.extended)}; the rule begins at {rules.extended_times}."
        yield Finding("extended", "Extended", numbers)
    if rules.night and _at_night(row.starts_at, rules.night):
        night, local = rules.night, row.starts_at.astimezone(ZoneInfo(rules.night.zone))
        hours = f"between {night.begins:%H:%M} and {night.ends:%H:%M}"
        yield Finding("night", "At night", f"Began at {local:%H:%M} {night.zone}, {hours}.")
    if rules.repeated and row.times >= rules.repeated[0]:
        often, days = rules.repeated
        numbers = f"Access number {row.times} of this person to this customer in {days} days; the rule begins at {often}."
        yield Finding("repeated", "Repeated", numbers)


def _at_night(moment: datetime, night: Night) -> bool:
    at = moment.astimezone(ZoneInfo(night.zone)).time()
    if night.begins <= night.ends:
        return night.begins <= at < night.ends
    return at >= night.begins or at < night.ends


def spell(minutes: int) -> str:
    """Return minutes in words such as "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def times(number: int) -> str:
    """Return "once", "twice" or how many times."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")

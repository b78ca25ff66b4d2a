"""What each rule finds: one query over the events that came under the seal since the last time, or over rows and their events."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from grants.matching.sealed import Place
from grants.reviews.listing import times
from grants.unusual.rules import Counted, UnusualRules, Vip
from opsconsole.lib.clock import written

MOST = 40  # events that a flag names; the log has the rest
LOOKS = ["panel.opened", "field.revealed", "case.facts_read"]
BACK_DAYS = 7  # how far back accesses without a note are looked for

_NEW = """
    WITH new AS (
        SELECT e.id, e.at, e.seq, e.type, e.outcome, e.tenant_id,
               coalesce(nullif(e.actor_id, ''), CASE WHEN e.type = 'person.sign_in_refused' THEN e.object_id END) AS who
        FROM audit_seal_leaf l JOIN audit_event e ON e.id = l.event_id AND e.at = l.event_at
        WHERE (l.log, l.position) > (%(log)s, %(position)s) AND (l.log, l.position) <= (%(to_log)s, %(to_position)s)
          AND e.actor_kind = 'person')
"""

# For each new event: how many of its sort the person made in the minutes before it.
_BURST = f"""
    {_NEW}
    SELECT n.who, NULL, n.id::text, w.number, w.since, n.at, w.ids, w.times
    FROM new n CROSS JOIN LATERAL (
        SELECT count({{counted}}) AS number, min(at) AS since, array_agg(id ORDER BY at) AS ids, array_agg(at ORDER BY at) AS times
        FROM audit_event w WHERE w.actor_id = n.who AND w.type = ANY(%(types)s) AND w.outcome = 'ok'
          AND w.at <= n.at AND w.at > n.at - make_interval(mins => %(minutes)s)) w
    WHERE n.type = ANY(%(types)s) AND n.outcome = 'ok' AND w.number >= %(times)s ORDER BY n.at, n.seq
"""  # noqa: S608 - parts of this module

# A refused event, and before it only refused ones of the same person: pages by who asked, sign-ins by whose account it was.
_REFUSED = f"""
    {_NEW}
    SELECT n.who, NULL, n.id::text, w.number, w.since, n.at, w.ids, w.times
    FROM new n CROSS JOIN LATERAL (
        SELECT count(*) AS number, bool_and(outcome = 'refused') AS all_refused, min(at) AS since,
               array_agg(id ORDER BY at) AS ids, array_agg(at ORDER BY at) AS times
        FROM (SELECT w.id, w.at, w.outcome FROM audit_event w
              WHERE (w.actor_id = n.who OR (w.type = 'person.sign_in_refused' AND w.object_id = n.who))
                AND w.at <= n.at AND w.at > n.at - make_interval(mins => %(minutes)s)
              ORDER BY w.at DESC, w.seq DESC LIMIT %(times)s) last_ones) w
    WHERE n.outcome = 'refused' AND n.who IS NOT NULL AND w.number >= %(times)s AND w.all_refused ORDER BY n.at, n.seq
"""  # noqa: S608 - parts of this module

# A night belongs to the day on which its working hours ended.
_HOURS = f"""
    {_NEW}, out AS (
        SELECT n.*, n.at AT TIME ZONE %(zone)s AS here FROM new n
        WHERE n.type = ANY(%(types)s) AND n.outcome = 'ok')
    SELECT who, NULL, (here - %(begins)s::time::interval)::date::text, count(*), min(at), max(at),
           array_agg(id ORDER BY at), array_agg(at ORDER BY at)
    FROM out
    WHERE NOT (CASE WHEN %(begins)s::time <= %(until)s::time
                    THEN extract(isodow FROM here) = ANY(%(days)s) AND here::time >= %(begins)s AND here::time < %(until)s
                    ELSE extract(isodow FROM here - %(begins)s::time::interval) = ANY(%(days)s)
                         AND (here::time >= %(begins)s OR here::time < %(until)s) END)
    GROUP BY 1, 3 ORDER BY 5
"""  # noqa: S608 - parts of this module

_VIP = f"""
    {_NEW}
    SELECT n.who, t.id, t.id::text || ' ' || n.at::date::text, count(*), min(n.at), max(n.at),
           array_agg(n.id ORDER BY n.at), array_agg(n.at ORDER BY n.at)
    FROM new n JOIN tenants_tenant t ON t.id::text = n.tenant_id
    WHERE (t.slug = ANY(%(slugs)s)
           OR (SELECT mode FROM grants_consentmode m WHERE m.tenant_id = t.id ORDER BY m.id DESC LIMIT 1) = ANY(%(modes)s))
      AND n.type = ANY(%(types)s) AND n.outcome = 'ok'
    GROUP BY n.who, t.id, n.at::date ORDER BY 5
"""  # noqa: S608 - parts of this module

# Used, over for so long, not handed on, and nobody wrote or closed anything in its case since it began.
_NOTE = """
    SELECT g.person_id::text, g.tenant_id, g.id::text, use.number, g.starts_at, over.at, use.ids, use.times
    FROM grants_grant g
    CROSS JOIN LATERAL (SELECT least(g.ended_at, g.expires_at) AS at) over
    CROSS JOIN LATERAL (
        SELECT count(*) AS number, array_agg(e.id ORDER BY e.at) AS ids, array_agg(e.at ORDER BY e.at) AS times FROM audit_event e
        WHERE e.grant_id = g.id AND e.authority = 'grant' AND e.outcome = 'ok') use
    WHERE g.expires_at >= clock_timestamp() - make_interval(days => %(back)s)
      AND over.at BETWEEN clock_timestamp() - make_interval(days => %(back)s)
                      AND clock_timestamp() - make_interval(mins => %(minutes)s)
      AND use.number > 0
      AND NOT EXISTS (SELECT 1 FROM grants_grant h WHERE h.handed_over_from_id = g.id)
      AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.case_id = g.case_id AND e.at >= g.starts_at
                      AND e.type IN ('case.noted', 'case.closed', 'case.facts_attached'))
      AND NOT EXISTS (SELECT 1 FROM grants_unusualflag f WHERE f.rule = 'note' AND f.key = g.id::text)
    ORDER BY over.at
"""

# Roles and rights as the rows say it, beside what the log says of them. What is older than the log as it is kept cannot be compared.
_OUTSIDE = """
    WITH kept AS (SELECT min(at) AS since FROM audit_event),
    said AS (
        SELECT DISTINCT ON (x.who, x.role) x.* FROM (
            SELECT e.object_id AS who, g.role, true AS given, e.id, e.at, e.seq FROM audit_event e,
                jsonb_array_elements_text(CASE jsonb_typeof(e.fields->'given') WHEN 'array' THEN e.fields->'given' ELSE '[]' END) AS g(role)
            WHERE e.type = 'person.roles_changed' AND e.outcome = 'ok'
            UNION ALL
            SELECT e.object_id, t.role, false, e.id, e.at, e.seq FROM audit_event e,
                jsonb_array_elements_text(CASE jsonb_typeof(e.fields->'taken') WHEN 'array' THEN e.fields->'taken' ELSE '[]' END) AS t(role)
            WHERE e.type = 'person.roles_changed' AND e.outcome = 'ok') x
        ORDER BY x.who, x.role, x.at DESC, x.seq DESC)
    SELECT coalesce(m.person_id::text, s.who), NULL,
           coalesce(m.role, s.role) || ' ' || coalesce(m.id::text, s.id::text),
           CASE WHEN m.id IS NULL THEN 'The role ' || s.role || ' is gone, and the log knows nobody who took it.'
                ELSE 'The role ' || m.role || ' is held, and the log knows nobody who gave it.' END,
           coalesce(m.since, s.at), coalesce(m.since, s.at),
           CASE WHEN s.id IS NULL THEN '{}' ELSE ARRAY[s.id] END, CASE WHEN s.id IS NULL THEN '{}' ELSE ARRAY[s.at] END
    FROM accounts_rolemembership m FULL JOIN said s ON s.who = m.person_id::text AND s.role = m.role
    WHERE (m.id IS NULL AND s.given AND s.who IN (SELECT id::text FROM accounts_person WHERE is_active))
       OR (m.id IS NOT NULL AND s.given IS NOT TRUE AND m.since >= (SELECT since FROM kept))
    UNION ALL
    SELECT r.person_id::text, NULL, 'right ' || r.id::text,
           'A right on ' || r.object_label || ' is held, and the log knows nobody who gave it.', r.since, r.since, '{}', '{}'
    FROM accounts_standingright r
    WHERE r.ended_at IS NULL AND r.since >= (SELECT since FROM kept)
      AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.type = 'object_right.given' AND e.outcome = 'ok' AND e.object_id = r.id::text)
"""


@dataclass(frozen=True)
class Found:
    """One thing that a rule found about one person's use, with the first events it rests on."""

    rule: str
    person_id: UUID
    tenant_id: UUID | None
    key: str
    words: str
    since: datetime
    until: datetime
    basis: tuple[tuple[UUID, datetime], ...]


def look_at_events(rules: UnusualRules, after: Place, until: Place) -> Iterator[Found]:
    """Yield what the rules find with these entries of the sealed log, one query for each rule."""
    between = {
        "log": after.log, "position": after.position, "to_log": until.log, "to_position": until.position, "types": LOOKS,
    }  # fmt: skip
    if rules.reveals:
        sql = _BURST.format(counted="*")
        yield from _counted("reveals", sql, rules.reveals, between | {"types": ["field.revealed"]})
    if rules.tenants:
        yield from _counted("tenants", _BURST.format(counted="DISTINCT tenant_id"), rules.tenants, between)
    if rules.refused:
        yield from _counted("refused", _REFUSED, rules.refused, between)
    if rules.hours:
        hours = {
            "zone": rules.hours.zone, "begins": rules.hours.begins, "until": rules.hours.until, "days": list(rules.hours.days),
        }  # fmt: skip
        yield from _rows("hours", _HOURS, between | hours, _hours(rules))
    if rules.vip:
        named = {"slugs": list(rules.vip.tenants), "modes": list(rules.vip.consent)}
        yield from _rows("vip", _VIP, between | named, _vip(rules.vip))


def look_at_rows(rules: UnusualRules) -> Iterator[Found]:
    """Yield what the rules find that compare rows with the log: access without a note, and rights that the log knows nothing of."""
    if rules.note:
        values = {"minutes": rules.note, "back": BACK_DAYS}
        yield from _rows("note", _NOTE, values, _note(rules))
    if rules.outside:
        yield from _rows("outside", _OUTSIDE, {}, lambda row: str(row[3]))


def _counted(rule: str, sql: str, counted: Counted, values: dict[str, Any]) -> Iterator[Found]:
    what = {"reveals": "values shown", "tenants": "customers looked at", "refused": "refused tries in a row"}
    begins = f"within {counted.minutes} minutes; the rule begins at {counted.times}."
    limits = {"times": counted.times, "minutes": counted.minutes}
    yield from _rows(rule, sql, values | limits, lambda row: f"{row[3]} {what[rule]} {begins}")


def _rows(rule: str, sql: str, values: dict[str, Any], say: Callable[[Any], str]) -> Iterator[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        rows = cursor.fetchall()
    for row in rows:
        who, tenant, key, _, since, until, ids, times = row
        basis = tuple(zip(ids, times, strict=True))[:MOST]
        yield Found(rule, UUID(who), tenant, key, say(row), since, until, basis)


def _hours(rules: UnusualRules) -> Callable[[Any], str]:
    outside = rules.said("hours").removeprefix("A look at a customer ")
    return lambda row: f"{row[3]} look{'' if row[3] == 1 else 's'} {outside}; the first at {written(row[4])}."


def _vip(vip: Vip) -> Callable[[Any], str]:
    return lambda row: (
        f"{row[3]} look{'' if row[3] == 1 else 's'} at a {vip.words}; the first at {written(row[4])}."
    )


def _note(rules: UnusualRules) -> Callable[[Any], str]:
    return lambda row: (
        f"Used {times(row[3])}, over at {written(row[5])}, and {rules.note} minutes later its case has no note."
    )

"""The verbs that write down what the authority check has decided already: access whose ground is gone, or has become narrower.

A grant stands on an active person, on a tenant that the directory lists and does not suspend, and on the policy in force: a role of the
person asks for the consequence, and the longest window is not over. The check at use reads all of it each time (grants.backends).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import Person
from audit.actions import record, sent_together
from audit.models import PolicyVersion
from audit.policies import active_policy
from audit.refs import SYSTEM, Ref
from grants.counts import BEST, COUNTS, counted
from grants.models import Grant, Outbox
from grants.notifications import spread, tell_about_grants
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now, written

BATCH = 500  # rows

_STANDS = """
    SELECT 1 FROM counts c JOIN accounts_rolemembership m ON m.role = c.role
    WHERE c.kind = r.kind AND c.scope = s.scope AND m.person_id = g.person_id
      AND clock_timestamp() < g.counts_from + make_interval(mins => c.longest)
"""
_GROUNDLESS = f"""
    {COUNTS}
    SELECT g.id, CASE WHEN NOT p.is_active THEN 'off_boarded'
                      WHEN n.gone_at IS NOT NULL OR lower(n.status) = ANY(%(suspended)s) THEN 'suspended'
                      WHEN r.policy_version <> %(version)s THEN 'policy' ELSE 'revoked' END
    FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id
    JOIN accounts_person p ON p.id = g.person_id JOIN tenants_tenant n ON n.id = g.tenant_id
    WHERE g.ended_at IS NULL AND g.expires_at > clock_timestamp() AND (%(person)s::uuid IS NULL OR g.person_id = %(person)s)
      AND (NOT p.is_active OR n.gone_at IS NOT NULL OR lower(n.status) = ANY(%(suspended)s)
           OR NOT EXISTS (SELECT 1 FROM grants_grantscope s WHERE s.grant_id = g.id AND EXISTS ({_STANDS})))
    LIMIT %(limit)s FOR UPDATE OF g SKIP LOCKED
"""  # noqa: S608 - parts of this module and of counts
_NARROWED = f"""
    {COUNTS}
    SELECT g.id, array_agg(s.scope::text ORDER BY s.scope) FILTER (WHERE best.longest IS NULL),
           max(g.counts_from + make_interval(mins => best.longest))
    FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id AND r.policy_version <> %(version)s
    JOIN grants_grantscope s ON s.grant_id = g.id
    {BEST}
    WHERE g.ended_at IS NULL AND g.expires_at > clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM grants_outbox o WHERE o.kind = 'narrowed' AND o.grant_id = g.id AND o.about = %(activated)s)
    GROUP BY g.id
    HAVING max(best.longest) IS NOT NULL
       AND (bool_or(best.longest IS NULL) OR max(g.counts_from + make_interval(mins => best.longest)) < max(g.expires_at))
    LIMIT %(limit)s
"""  # noqa: S608 - parts of this module and of counts

WHY = {
    Grant.Cause.POLICY: "The policy in force no longer gives this.",
    Grant.Cause.REVOKED: "No role of the person asks for this any more.",
    Grant.Cause.OFF_BOARDED: "",
    Grant.Cause.SUSPENDED: "",
}


def end_without_ground(*, limit: int = BATCH) -> int:
    """Close one batch of grants that give nothing any more, each with its cause, and return how many."""
    with transaction.atomic(durable=True), sent_together():
        return len(close_groundless(limit=limit))


def close_groundless(*, limit: int = BATCH, person: Person | None = None) -> list[Grant]:
    """Close the grants of everybody, or of one person, that give nothing any more, within a verb, and return them."""
    causes = dict(_rows(_GROUNDLESS, limit, person=person))
    now = database_now()
    grants = list(Grant.objects.filter(pk__in=causes).select_related("case", "tenant", "person", "request"))
    for grant in grants:
        grant.status, grant.ended_at = Grant.Status.ENDED, now
        grant.end_cause = Grant.Cause(causes[grant.pk])
        grant.save(update_fields=["status", "ended_at", "end_cause"])
        record(
            "grant.ended",
            actor=SYSTEM,
            tenant=grant.tenant.as_ref(),
            obj=grant.as_ref(),
            subject=Ref("person", str(grant.person_id), grant.person.display_name),
            trail=grant.trail(),
            authority="none",
            cause=Grant.Cause(grant.end_cause).label.lower(),
            comment=WHY[Grant.Cause(grant.end_cause)],
        )
    spread(grants)
    tell_about_grants(Outbox.Kind.ENDED, grants, now)
    return grants


@dataclass(frozen=True)
class Narrowed:
    """What is left of a grant under the policy in force: the scopes that ended, and the end of the others."""

    lost: list[str]
    until: datetime


def tell_narrowed(*, limit: int = BATCH) -> int:
    """Note and tell, once for each policy that comes in force, which live grants it has made narrower; return how many."""
    activated = PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).values_list(
        "activated_at", flat=True
    )
    since = activated.first()
    if since is None:
        return 0
    with transaction.atomic(durable=True), sent_together():
        found = {row[0]: Narrowed(row[1] or [], row[2]) for row in _rows(_NARROWED, limit, since)}
        now = database_now()
        grants = Grant.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=found)
        written = [
            grant
            for grant in grants.select_related("case", "tenant", "person", "request")
            if _tell_one(grant, found[grant.pk], now, since)
        ]
    return len(written)


def _tell_one(grant: Grant, left: Narrowed, now: datetime, since: datetime) -> bool:
    _row, made = Outbox.objects.get_or_create(
        kind=Outbox.Kind.NARROWED,
        request=None,
        grant=grant,
        about=since,
        defaults={"case_id": grant.case_id, "made_at": now, "next_try_at": now},
    )
    if made:
        until = min(grant.expires_at, left.until)
        record(
            "grant.narrowed",
            actor=SYSTEM,
            tenant=grant.tenant.as_ref(),
            obj=grant.as_ref(),
            subject=Ref("person", str(grant.person_id), grant.person.display_name),
            trail=grant.trail(),
            authority="none",
            lost=left.lost,
            until=written(until),
        )
        spread([grant], ended=False)
    return made


def _rows(
    sql: str, limit: int, activated: datetime | None = None, *, person: Person | None = None
) -> list[Any]:
    values = counted() | {
        "suspended": sorted(rules_in_force().suspended), "version": active_policy().version, "activated": activated, "limit": limit,
        "person": person.pk if person else None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Any] = cursor.fetchall()
    return found

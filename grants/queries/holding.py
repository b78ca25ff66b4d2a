"""How long each scope of an access really holds: the policy in force may have made it shorter than its row says."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts.queries import roles_in_force
from grants.counts import BEST, COUNTS, counted
from grants.hours import closing
from grants.models import AccessRequest, Grant
from grants.rules import rules_in_force

_ENDS = f"""
    {COUNTS}
    SELECT g.id, s.scope, r.kind, least(g.expires_at, g.counts_from + make_interval(mins => best.longest))
    FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id JOIN grants_grantscope s ON s.grant_id = g.id
    {BEST}
    WHERE g.id = ANY(%(grants)s) AND best.longest IS NOT NULL
"""  # noqa: S608 - parts of the module counts


def ends_of(grants: Iterable[Grant], now: datetime) -> dict[UUID, dict[str, datetime]]:
    """Return for each grant, by scope, the end that the check at use goes by; a scope that gives nothing any more is left out.

    One query for all of them. It tells what the policy, the holder's roles and the hours leave; `grants.backends` decides.
    """
    starts = {grant.pk: max(now, grant.starts_at) for grant in grants}
    found: dict[UUID, dict[str, datetime]] = {pk: {} for pk in starts}
    if not starts:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, counted() | {"grants": list(starts)})
        rows: list[tuple[UUID, str, str, datetime]] = cursor.fetchall()
    for pk, scope, kind, until in rows:
        closes = until if kind == AccessRequest.Kind.BREAK_GLASS else _by_hours(scope, starts[pk], until)
        if closes and closes > starts[pk]:
            found[pk][scope] = closes
    return found


def _by_hours(scope: str, start: datetime, until: datetime) -> datetime | None:
    limits = rules_in_force().limits_of({scope: roles_in_force().scopes[scope].consequence})
    try:
        closes = closing(limits, start)
    except ValueError:
        return None
    return min(until, closes) if closes else until

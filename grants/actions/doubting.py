"""The verb that tells the reviewers of access which no longer fits what was approved: it gives nothing, and else nobody would know."""

import math
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Person
from accounts.queries import roles_in_force
from audit.actions import record
from audit.refs import SYSTEM, Ref
from grants import evidence
from grants.models import Grant, Outbox
from grants.notifications import tell_about_grants
from opsconsole.lib.clock import database_now

BATCH = 500  # rows of one query
_FIRST = UUID(int=0)

_OPEN = f"""
    SELECT g.id, ARRAY(SELECT s.scope::text FROM grants_grantscope s WHERE s.grant_id = g.id ORDER BY 1),
           r.status = 'approved', {evidence.COLUMNS}
    FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id
    WHERE g.ended_at IS NULL AND g.expires_at > clock_timestamp() AND g.id > %(after)s
      AND NOT EXISTS (SELECT 1 FROM grants_outbox o WHERE o.kind = 'unfit' AND o.grant_id = g.id)
    ORDER BY g.id LIMIT %(limit)s
"""  # noqa: S608 - columns of the module evidence


def tell_unfit(*, limit: int = BATCH, seconds: float = math.inf) -> int:
    """Check what every open grant rests on, and note and tell once of each that no longer fits it; return how many those were.

    The check at use refuses such access already (grants.evidence); whoever changed the rows did so past the console. Who finds more than
    can be told in `seconds` leaves the rest to the next call.
    """
    told, deadline = 0, time.monotonic() + seconds
    for grant_id, scopes in list(_unfit(limit)):
        told += _tell(grant_id, scopes)
        if time.monotonic() > deadline:
            break
    return told


def _unfit(limit: int) -> Iterator[tuple[UUID, list[str]]]:
    after = _FIRST
    while rows := _rows(after, limit):
        after = rows[-1][0]
        for grant_id, scopes, approved, *columns in rows:
            found = evidence.read(columns)
            lost = [scope for scope in scopes if not approved or not found.holds(scope)]
            if lost:
                yield grant_id, lost


def _rows(after: UUID, limit: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"after": after, "limit": limit})
        found: list[Any] = cursor.fetchall()
    return found


def _tell(grant_id: UUID, scopes: list[str]) -> bool:
    with transaction.atomic(durable=True):
        grant = (
            Grant.objects.select_for_update(of=("self",))
            .select_related("case", "tenant", "person", "request")
            .get(pk=grant_id)
        )
        if Outbox.objects.filter(kind=Outbox.Kind.UNFIT, grant=grant).exists():
            return False
        record(
            "grant.no_longer_fits",
            actor=SYSTEM,
            tenant=grant.tenant.as_ref(),
            obj=grant.as_ref(),
            subject=Ref("person", str(grant.person_id), grant.person.display_name),
            trail=grant.trail(),
            authority="none",
            scopes=scopes,
        )
        tell_about_grants(Outbox.Kind.UNFIT, [grant], database_now(), to=_reviewers())
    return True


def _reviewers() -> list[Person]:
    roles = [role.key for role in roles_in_force().roles.values() if "review" in role.may]
    return list(Person.objects.filter(is_active=True, memberships__role__in=roles).distinct())

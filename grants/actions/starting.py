"""How a grant begins; called by the approval that completes a request, in its transaction and under its lock."""

from datetime import datetime, timedelta

from grants import policy
from grants.actions.errors import about
from grants.consent.actions.linking import tell_customer
from grants.hours import Hours
from grants.models import AccessRequest, Grant, GrantScope
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict


class OutsideHours(Conflict):
    """The policy's hours are closed at the moment the access would start."""

    code = "outside_hours"


class NothingToExtend(Conflict):
    """The access ended before its extension was approved."""

    code = "nothing_to_extend"


def begin_grant(
    request: AccessRequest, consequences: dict[str, str], decided: policy.Decided, now: datetime
) -> Grant:
    """Write the grant of an approved request and return it: live at once, or scheduled for the later start that was asked for.

    Raises `OutsideHours` where the policy's hours for one of the scopes are closed then; where they close sooner, so does the grant.
    """
    limits = _limits(request, {scope: consequences[scope] for scope in decided.scopes})
    try:
        starts_at, expires_at = policy.window(now, request.starts_at, decided.minutes, limits)
    except ValueError as closed:
        raise about(
            OutsideHours(str(closed), state=request.status), tenant=request.tenant, trail=request.trail()
        ) from closed
    grant = Grant(
        case_id=request.case_id,
        request=request,
        tenant_id=request.tenant_id,
        person_id=request.person_id,
        digest=request.digest,
        status=Grant.Status.LIVE if starts_at <= now else Grant.Status.SCHEDULED,
        starts_at=starts_at,
        expires_at=expires_at,
    )
    grant.save(force_insert=True)
    GrantScope.objects.bulk_create(
        GrantScope(
            grant=grant,
            request=request,
            scope=scope,
            consequence=consequences[scope],
            person_id=grant.person_id,
            tenant_id=grant.tenant_id,
            starts_at=starts_at,
            until=expires_at,
        )
        for scope in sorted(decided.scopes)
    )
    tell_customer(request, now)
    return grant


def extend_grant(request: AccessRequest, decided: policy.Decided) -> Grant:
    """Move the end of the grant that an approved request extends, and return it. Raises `NothingToExtend` where it is over."""
    grant = (
        Grant.objects.select_for_update(of=("self",)).select_related("case", "tenant").get(extensions=request)
    )
    now = database_now()
    if (
        policy.state_at(now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at)
        == "ended"
    ):
        error = NothingToExtend(
            "The access ended before this was approved. It can be asked for anew.", state="ended"
        )
        raise about(error, tenant=grant.tenant, trail=grant.trail())
    ends = [
        grant.expires_at + timedelta(minutes=decided.minutes),
        grant.counts_from + timedelta(minutes=request.longest_minutes),
    ]
    limits = _limits(request, {row.scope: row.consequence for row in grant.scopes.all()})
    ends += [closes for hours in limits if (closes := hours.closes_at(now))]
    grant.expires_at = max(grant.expires_at, min(ends))
    grant.save(update_fields=["expires_at"])
    tell_customer(request, now)
    return grant


def _limits(request: AccessRequest, consequences: dict[str, str]) -> list[Hours]:
    return [] if request.kind == AccessRequest.Kind.BREAK_GLASS else rules_in_force().limits_of(consequences)

"""How a grant begins; called by the approval that completes a request, in its transaction and under its lock."""

from datetime import datetime

from grants import policy
from grants.models import AccessRequest, Grant, GrantScope


def begin_grant(
    request: AccessRequest, consequences: dict[str, str], decided: policy.Decided, now: datetime
) -> Grant:
    """Write the grant of an approved request and return it: live at once, or scheduled for the later start that was asked for."""
    starts_at, expires_at = policy.window(now, request.starts_at, decided.minutes)
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
    return grant

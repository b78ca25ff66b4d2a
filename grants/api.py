"""Cases, requests and grants as JSON, by the same doors as the pages."""

from typing import Any
from uuid import UUID

from django.http import JsonResponse
from django.urls import path

from accounts.doors import needs
from accounts.http import StaffRequest
from grants.models import AccessRequest, Case
from grants.queries import decidable_requests, get_case_for, get_grant_for
from grants.queries.pages import GrantLine, grant_line, grants_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.reading import read_only
from tenants.api import moment, tenant_json

MOST_REQUESTS = 100


def request_json(asked: AccessRequest) -> dict[str, Any]:
    """Return one access request."""
    return {
        "id": str(asked.pk),
        "case": str(asked.case_id),
        "tenant": asked.tenant.slug,
        "kind": asked.kind,
        "requester": asked.requester.username,
        "person": asked.person.username,
        "owner": asked.owner.username if asked.owner else None,
        "preset": asked.preset or None,
        "scopes": [row.scope for row in asked.scopes.all()],
        "minutes": asked.minutes,
        "reason": asked.reason,
        "starts_at": moment(asked.starts_at),
        "status": asked.status,
        "asked_at": moment(asked.asked_at),
        "pending_until": moment(asked.pending_until),
        "digest": asked.digest,
        "policy_version": asked.policy_version,
    }


def grant_json(line: GrantLine) -> dict[str, Any]:
    """Return one grant with the end and the scopes that the policy in force leaves of it.

    `live` is not told, because only the database's clock knows it at the moment of use.
    """
    grant = line.grant
    return {
        "id": str(grant.pk),
        "case": str(grant.case_id),
        "request": str(grant.request_id),
        "tenant": grant.tenant.slug,
        "person": grant.person.username,
        "scopes": [scope.key for scope in line.scopes],
        "status": grant.status,
        "starts_at": moment(grant.starts_at),
        "expires_at": moment(line.until),
        "ended_at": moment(grant.ended_at),
        "end_cause": grant.end_cause or None,
    }


def case_json(case: Case) -> dict[str, Any]:
    """Return one case with its requests and grants; the internal notes stay on the page."""
    requests = case.requests.select_related("tenant", "requester", "person", "owner").prefetch_related(
        "scopes"
    )
    return {
        "id": str(case.pk),
        "ticket": case.ticket,
        "tenant": tenant_json(case.tenant),
        "owner": case.owner.username if case.owner else None,
        "issue": case.issue,
        "status": case.status,
        "opened_at": moment(case.opened_at),
        "closed_at": moment(case.closed_at),
        "requests": [request_json(asked) for asked in requests],
        "grants": [grant_json(line) for line in grants_of(case)],
    }


@read_only
@needs("ask", "decide", "review")
def case(request: StaffRequest, case_id: UUID) -> JsonResponse:
    return JsonResponse(case_json(get_case_for(request.user, case_id)))


@read_only
@needs("decide")
def requests(request: StaffRequest) -> JsonResponse:
    waiting = (
        decidable_requests(request.user)
        .select_related("tenant", "requester", "person", "owner")
        .prefetch_related("scopes")
    )
    rows = list(waiting[: MOST_REQUESTS + 1])
    shown = [request_json(asked) for asked in rows[:MOST_REQUESTS]]
    return JsonResponse({"requests": shown, "truncated": len(rows) > MOST_REQUESTS})


@read_only
@needs("ask", "decide", "review", "manage_people")
def grant(request: StaffRequest, grant_id: UUID) -> JsonResponse:
    return JsonResponse(grant_json(grant_line(get_grant_for(request.user, grant_id), database_now())))


urlpatterns = [
    path("cases/<uuid:case_id>/", case),
    path("requests/", requests),
    path("grants/<uuid:grant_id>/", grant),
]

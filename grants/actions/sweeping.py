"""The verbs of the sweeps: they write history for what the clock has decided already (design.md, law 1).

Each takes one batch with `FOR UPDATE SKIP LOCKED`, so that two workers never wait for each other, and returns how many rows it wrote.
"""

from django.db import transaction
from django.db.models import QuerySet

from audit.actions import record, sent_together
from audit.refs import SYSTEM, Ref
from grants.models import AccessRequest, Grant, Outbox
from grants.notifications import spread, tell_about_grants, tell_about_requests
from opsconsole.lib.clock import database_now, written

BATCH = 500  # rows; one transaction of well under a second


def expire_grants(*, limit: int = BATCH) -> int:
    """Close one batch of grants whose time is over."""
    with transaction.atomic(durable=True), sent_together():
        grants = _due(
            Grant.objects.filter(ended_at__isnull=True, expires_at__lte=database_now()).order_by(
                "expires_at"
            ),
            limit,
        )
        now = database_now()
        Grant.objects.filter(pk__in=[grant.pk for grant in grants]).update(
            status=Grant.Status.ENDED, ended_at=now, end_cause=Grant.Cause.EXPIRED
        )
        for grant in grants:
            record(
                "grant.ended",
                actor=SYSTEM,
                tenant=grant.tenant.as_ref(),
                obj=grant.as_ref(),
                subject=_holder(grant),
                trail=grant.trail(),
                authority="none",
                cause=Grant.Cause.EXPIRED.label.lower(),
            )
        spread(grants)
        tell_about_grants(Outbox.Kind.ENDED, grants, now)
    return len(grants)


def start_grants(*, limit: int = BATCH) -> int:
    """Mark one batch of scheduled grants as live."""
    with transaction.atomic(durable=True), sent_together():
        now = database_now()
        due = Grant.objects.filter(
            status=Grant.Status.SCHEDULED, starts_at__lte=now, expires_at__gt=now
        ).order_by("starts_at")
        grants = _due(due, limit)
        Grant.objects.filter(pk__in=[grant.pk for grant in grants]).update(status=Grant.Status.LIVE)
        for grant in grants:
            record(
                "grant.started",
                actor=SYSTEM,
                tenant=grant.tenant.as_ref(),
                obj=grant.as_ref(),
                subject=_holder(grant),
                trail=grant.trail(),
                authority="none",
                until=written(grant.expires_at),
            )
        tell_about_grants(Outbox.Kind.STARTED, grants, now)
    return len(grants)


def lapse_requests(*, limit: int = BATCH) -> int:
    """Close one batch of requests that nobody decided in time."""
    with transaction.atomic(durable=True), sent_together():
        due = AccessRequest.objects.filter(status__in=AccessRequest.OPEN, pending_until__lte=database_now())
        requests = list(
            due.order_by("pending_until")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("case", "tenant", "person")[:limit]
        )
        now = database_now()
        AccessRequest.objects.filter(pk__in=[request.pk for request in requests]).update(
            status=AccessRequest.Status.LAPSED, closed_at=now
        )
        for request in requests:
            record(
                "request.lapsed",
                actor=SYSTEM,
                tenant=request.tenant.as_ref(),
                obj=request.as_ref(),
                subject=Ref("person", str(request.person_id), request.person.display_name),
                trail=request.trail(),
                authority="none",
                approval_state="lapsed",
            )
        tell_about_requests(Outbox.Kind.LAPSED, requests, now)
    return len(requests)


def _due(grants: QuerySet[Grant], limit: int) -> list[Grant]:
    chosen = grants.select_for_update(of=("self",), skip_locked=True).select_related(
        "case", "tenant", "person", "request"
    )
    return list(chosen[:limit])


def _holder(grant: Grant) -> Ref:
    return Ref("person", str(grant.person_id), grant.person.display_name)

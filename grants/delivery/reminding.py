"""Reminders: that a request still waits, that it lapses soon, that access ends soon. Each is written once for the moment it is about."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from grants.models import AccessRequest, Grant, Outbox
from grants.notify_rules import notify_rules_in_force
from opsconsole.lib.clock import database_now

BATCH = 500  # rows of one kind in one transaction


def remind(*, limit: int = BATCH) -> int:
    """Write the reminders that are due, one batch of each kind, and return how many there were."""
    with transaction.atomic(durable=True):
        now = database_now()
        rows = [*_waiting(now, limit), *_lapsing(now, limit), *_ending(now, limit)]
        Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _waiting(now: datetime, limit: int) -> Iterable[Outbox]:
    """A request that waits since long; one that lapses soon anyway is told as such instead."""
    rules = notify_rules_in_force().remind
    due = _open(Outbox.Kind.WAITING, now).filter(
        status=AccessRequest.Status.PENDING,
        asked_at__lte=now - timedelta(minutes=rules.waiting_minutes),
        pending_until__gt=now + timedelta(minutes=rules.before_lapse_minutes),
    )
    return [_about_request(Outbox.Kind.WAITING, request, now) for request in due[:limit]]


def _lapsing(now: datetime, limit: int) -> Iterable[Outbox]:
    before = timedelta(minutes=notify_rules_in_force().remind.before_lapse_minutes)
    due = _open(Outbox.Kind.LAPSES_SOON, now).filter(
        pending_until__lte=now + before, pending_until__gt=F("asked_at") + before
    )
    return [_about_request(Outbox.Kind.LAPSES_SOON, request, now) for request in due[:limit]]


def _ending(now: datetime, limit: int) -> Iterable[Outbox]:
    """Access that ends soon; a window hardly longer than the notice needs none."""
    before = timedelta(minutes=notify_rules_in_force().remind.before_end_minutes)
    told = Outbox.objects.filter(
        kind=Outbox.Kind.ENDS_SOON, grant=OuterRef("pk"), about=OuterRef("expires_at")
    )
    due = (
        Grant.objects.live_at(now)
        .filter(~Exists(told), expires_at__lte=now + before, expires_at__gt=F("starts_at") + 2 * before)
        .order_by("expires_at")
    )
    return [
        Outbox(
            kind=Outbox.Kind.ENDS_SOON,
            case_id=grant.case_id,
            request_id=grant.request_id,
            grant=grant,
            about=grant.expires_at,
            made_at=now,
            next_try_at=now,
        )
        for grant in due[:limit]
    ]


def _open(kind: str, now: datetime) -> QuerySet[AccessRequest]:
    told = Outbox.objects.filter(kind=kind, request=OuterRef("pk"), about=OuterRef("pending_until"))
    waiting = AccessRequest.objects.filter(
        ~Exists(told), status__in=AccessRequest.OPEN, pending_until__gt=now
    )
    return waiting.order_by("pending_until")


def _about_request(kind: str, request: AccessRequest, now: datetime) -> Outbox:
    return Outbox(
        kind=kind,
        case_id=request.case_id,
        request=request,
        about=request.pending_until,
        made_at=now,
        next_try_at=now,
    )

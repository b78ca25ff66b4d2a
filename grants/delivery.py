"""Delivers the outbox: one line in the inbox of everybody concerned. Repeating a delivery changes nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from grants.models import AccessRequest, Notice, Outbox
from grants.reach import in_reach
from opsconsole.lib.clock import database_now

BATCH = 100  # messages of one transaction
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=10)  # doubled after each failure

SENTENCES = {
    Outbox.Kind.ASKED: "A request for access to {tenant} waits for your decision ({ticket}).",
    Outbox.Kind.PART_APPROVED: "A request for access to {tenant} waits for a further approval ({ticket}).",
    Outbox.Kind.APPROVED: "Access to {tenant} was approved ({ticket}).",
    Outbox.Kind.DENIED: "The request for access to {tenant} was denied ({ticket}).",
    Outbox.Kind.WITHDRAWN: "The request for access to {tenant} was taken back ({ticket}).",
    Outbox.Kind.LAPSED: "Nobody decided in time on the request for access to {tenant} ({ticket}).",
    Outbox.Kind.ASKED_BACK: "Your request for access to {tenant} came back with a question ({ticket}).",
    Outbox.Kind.ANSWERED: "A question on access to {tenant} was answered; the request waits for your decision ({ticket}).",
    Outbox.Kind.HANDED_OVER: "Access to {tenant} was handed over ({ticket}).",
    Outbox.Kind.STARTED: "Your access to {tenant} has started ({ticket}).",
    Outbox.Kind.ENDED: "Your access to {tenant} has ended ({ticket}).",
}
TO_DECIDERS = {Outbox.Kind.ASKED, Outbox.Kind.PART_APPROVED, Outbox.Kind.ANSWERED}


def deliver_outbox(*, limit: int = BATCH) -> int:
    """Deliver one batch and return how many messages were tried; one that fails is tried again later and never holds up the rest."""
    with transaction.atomic(durable=True):
        waiting = Outbox.objects.filter(
            delivered_at__isnull=True, dead_at__isnull=True, next_try_at__lte=database_now()
        )
        rows = list(
            waiting.order_by("next_try_at")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("case__tenant", "request__tenant", "grant")[:limit]
        )
        now = database_now()
        for row in rows:
            _deliver(row, now)
    return len(rows)


def _deliver(row: Outbox, now: datetime) -> None:
    try:
        with transaction.atomic():
            _fill_inboxes(row, now)
    except Exception as error:  # noqa: BLE001 - whatever one message breaks on, the others go out; the row keeps the cause
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:500]
        row.next_try_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)
        row.dead_at = now if row.attempts >= MOST_ATTEMPTS else None
    else:
        row.delivered_at = now
    row.save(update_fields=["attempts", "error", "next_try_at", "dead_at", "delivered_at"])


def _fill_inboxes(row: Outbox, now: datetime) -> None:
    sentence = SENTENCES[Outbox.Kind(row.kind)].format(tenant=row.case.tenant.name, ticket=row.case.ticket)
    target = row.grant or row.request or row.case
    Notice.objects.bulk_create(
        [
            Notice(
                outbox=row,
                person_id=person_id,
                sentence=sentence,
                path=target.get_absolute_url(),
                made_at=now,
            )
            for person_id in sorted(_receivers(row))
        ],
        ignore_conflicts=True,
    )


def _receivers(row: Outbox) -> set[UUID]:
    request = row.request
    if request is None:
        return {row.case.owner_id}
    if row.kind in TO_DECIDERS:
        return {person.pk for person in deciders_of(request)}
    concerned = {request.requester_id, row.grant.person_id if row.grant else request.person_id}
    if row.kind in {Outbox.Kind.WITHDRAWN, Outbox.Kind.HANDED_OVER}:
        concerned |= set(request.approvals.values_list("decider_id", flat=True))
    return concerned


def deciders_of(request: AccessRequest) -> Iterable[Person]:
    """Return the people who may decide on a request now and have not yet."""
    consequences = {row.consequence for row in request.scopes.all()}
    roles = [
        role.key
        for role in roles_in_force().roles.values()
        if "decide" in role.may and role.decides & consequences
    ]
    people = Person.objects.filter(is_active=True, memberships__role__in=roles).distinct()
    out = {
        request.requester_id,
        request.person_id,
        *request.approvals.filter(round=request.round).values_list("decider_id", flat=True),
    }
    return [
        person
        for person in people
        if person.pk not in out and in_reach(person, powers_of(person), request.tenant)
    ]

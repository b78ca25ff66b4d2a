"""The first step of a delivery: a line in the inbox of everybody concerned, and a row for each way out. Repeating it changes nothing."""

from datetime import datetime

from django.db import transaction

from grants.delivery.pauses import MOST_ATTEMPTS
from grants.delivery.receivers import SETTLES, TO_DECIDERS, receivers_of
from grants.delivery.ways import ways_out
from grants.delivery.words import path_of, sentence_for
from grants.models import Delivery, Notice, Outbox
from opsconsole.lib.clock import database_now
from opsconsole.lib.pauses import pause_after

BATCH = 100  # messages of one transaction


def deliver_outbox(*, limit: int = BATCH) -> int:
    """Deliver one batch and return how many messages were tried; one that fails is tried again later and never holds up the rest."""
    with transaction.atomic(durable=True):
        waiting = Outbox.objects.filter(
            delivered_at__isnull=True, dead_at__isnull=True, next_try_at__lte=database_now()
        )
        rows = list(
            waiting.order_by("next_try_at", "made_at")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("case__tenant", "request__tenant", "request__extends", "grant__handed_over_from")[
                :limit
            ]
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
        row.next_try_at = now + pause_after(row.attempts)
        row.dead_at = now if row.attempts >= MOST_ATTEMPTS else None
    else:
        row.delivered_at = now
    row.save(update_fields=["attempts", "error", "next_try_at", "dead_at", "delivered_at"])


def _fill_inboxes(row: Outbox, now: datetime) -> None:
    if row.kind in SETTLES | TO_DECIDERS and row.request_id:  # the newest word counts
        unread = Notice.objects.filter(outbox__request_id=row.request_id, read_at__isnull=True)
        unread.filter(outbox__kind__in=TO_DECIDERS).update(read_at=now)
    path, people = path_of(row), receivers_of(row)
    Notice.objects.bulk_create(
        [
            Notice(
                outbox=row,
                person_id=person_id,
                sentence=sentence_for(row, person_id),
                path=path,
                made_at=now,
            )
            for person_id in sorted(people)
        ],
        ignore_conflicts=True,
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                outbox=row,
                channel=way.channel,
                person_id=way.person_id,
                sentence=sentence_for(row, way.person_id),
                path=path,
                made_at=now,
                next_try_at=now,
            )
            for way in ways_out(row.kind, people)
        ],
        ignore_conflicts=True,
    )

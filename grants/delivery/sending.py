"""The second step of a delivery: out of the console, at least once. A try is claimed and committed before anything is sent.

A worker that dies between sending and marking leaves a claim that lapses; the next try carries the same id, by which a receiver knows it.
"""

import time
from datetime import datetime, timedelta

from django.db.models import Q

from grants.delivery.channels import Down, Rejected, Send, Unwanted, opened
from grants.delivery.pauses import MOST_ATTEMPTS
from grants.models import Channel, Delivery
from opsconsole.lib.clock import database_now
from opsconsole.lib.pauses import pause_after

LEASE = timedelta(seconds=60)  # longer than one try can take
PASS_SECONDS = 15.0  # one pass of all channels, so that a slow receiver never holds a worker for long
LONGEST_WAIT = timedelta(
    days=3
)  # what a channel could not take in this time is given up, for a person to look at

_OPEN = Q(sent_at__isnull=True, dropped_at__isnull=True, dead_at__isnull=True)


def send_waiting(*, seconds: float = PASS_SECONDS) -> int:
    """Send what is due, channel by channel, and return how many tries were made. A channel that is down is left alone for a while.

    No message is begun after `seconds`.
    """
    deadline = time.monotonic() + seconds
    due = Delivery.objects.filter(_OPEN, next_try_at__lte=database_now())
    names = sorted(set(due.order_by().values_list("channel", flat=True).distinct()))
    return sum(_send_by(name, deadline) for name in names)


def _send_by(name: str, deadline: float) -> int:
    if not _take(name):
        return 0
    tries = 0
    try:
        with opened(name) as send:
            while time.monotonic() < deadline and (delivery := _claim(name)):
                tries += 1
                _try(send, delivery)
    except Down as error:
        _pause(name, str(error))
    else:
        Channel.objects.filter(pk=name).update(busy_until=None)
    return tries


def _take(name: str) -> bool:
    """Take a channel for this worker, unless another one has it or it is paused."""
    Channel.objects.bulk_create([Channel(name=name)], ignore_conflicts=True)
    now = database_now()
    free = Channel.objects.filter(
        Q(busy_until__isnull=True) | Q(busy_until__lt=now),
        Q(paused_until__isnull=True) | Q(paused_until__lte=now),
        pk=name,
    )
    return free.update(busy_until=now + LEASE) == 1


def _claim(name: str) -> Delivery | None:
    """Count a try of the message that waits longest, hold it for the length of a lease, and return it."""
    now = database_now()
    due = Delivery.objects.filter(_OPEN, channel=name, next_try_at__lte=now)
    found = due.select_related("person", "outbox").order_by("attempts", "next_try_at", "made_at").first()
    if found is None:
        return None
    if found.attempts >= MOST_ATTEMPTS:  # every try was cut off
        due.filter(pk=found.pk).update(dead_at=now, error=found.error or "No try came to its end.")
        return _claim(name)
    mine = due.filter(pk=found.pk, attempts=found.attempts).update(
        attempts=found.attempts + 1, next_try_at=now + LEASE
    )
    Channel.objects.filter(pk=name).update(busy_until=now + LEASE)
    found.attempts += 1
    return found if mine else None


def _try(send: Send, delivery: Delivery) -> None:
    try:
        send(delivery)
    except Down as error:
        _mark(delivery, attempts=delivery.attempts - 1, next_try_at=database_now(), error=str(error))
        raise
    except Unwanted as error:
        _mark(delivery, dropped_at=database_now(), error=str(error))
    except Exception as error:  # noqa: BLE001 - whatever one message breaks on, the others go out; the row keeps the cause
        _refused(delivery, str(error) if isinstance(error, Rejected) else type(error).__name__)
    else:
        now = database_now()
        _mark(delivery, sent_at=now, error="")
        Channel.objects.filter(pk=delivery.channel).update(
            last_sent_at=now, failures=0, down_since=None, paused_until=None, error=""
        )


def _refused(delivery: Delivery, why: str) -> None:
    now = database_now()
    given_up = now if delivery.attempts >= MOST_ATTEMPTS else None
    _mark(delivery, next_try_at=now + pause_after(delivery.attempts), error=why, dead_at=given_up)


def _mark(delivery: Delivery, **values: datetime | int | str | None) -> None:
    """Write how a try ended, unless the claim lapsed and somebody else has tried since."""
    mine = Delivery.objects.filter(_OPEN, pk=delivery.pk, attempts=delivery.attempts)
    mine.update(**values)


def _pause(name: str, why: str) -> None:
    now = database_now()
    channel = Channel.objects.get(pk=name)
    channel.failures += 1
    channel.paused_until = now + pause_after(channel.failures)
    channel.down_since = channel.down_since or now
    channel.busy_until, channel.error = None, why
    channel.save(update_fields=["failures", "paused_until", "down_since", "busy_until", "error"])
    late = Delivery.objects.filter(_OPEN, channel=name, made_at__lt=now - LONGEST_WAIT)
    late.update(dead_at=now, error=why)

"""Handing the sealed log out, batch by batch, at least once: a position moves only after the receiver has everything before it.

A stream is taken for one worker before anything is sent. A worker that dies between handing over and marking leaves a claim that
lapses; the next try hands over the same entries under the same key, by which a receiver knows them.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.actions.recording import record
from audit.models import StreamPosition
from audit.refs import Actor, Ref
from audit.streams.entries import Place, age_at, entries_at, leaf_at, settled
from audit.streams.lines import line_of
from audit.streams.rules import Stream, stream_rules_in_force
from audit.streams.sinks import Batch, Down, Out, opened
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid
from opsconsole.lib.pauses import pause_after

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)  # longer than one batch can take
PASS_SECONDS = 10.0  # one pass of one stream; what is left comes with the next
LONGEST_PAUSE = 240.0  # seconds; a receiver that is back hears soon what it missed
LARGEST_BATCH = 1_000_000  # bytes, unless one entry alone is larger


Value = datetime | int | bool | str | None
WELL: dict[str, Value] = {"failures": 0, "failing_since": None, "paused_until": None, "error": ""}


class _TakenOver(Exception):
    """Another worker has the stream now, or somebody set it back."""


class NoSuchStream(Conflict):
    code = "no_such_stream"


def due_streams() -> list[Stream]:
    """Return the streams that are switched on, not paused, and not in another worker's hands."""
    now = database_now()
    others = StreamPosition.objects.filter(Q(paused_until__gt=now) | Q(busy_until__gt=now))
    left_alone = set(others.values_list("name", flat=True))
    return [
        stream for stream in stream_rules_in_force().streams if stream.is_on and stream.name not in left_alone
    ]


def send_streams() -> int:
    """Hand out what every due stream waits for, one after the other, and return how many entries that were."""
    return sum(send_stream(stream.name) for stream in due_streams())


def send_stream(name: str) -> int:
    """Hand out what one stream waits for and return how many entries that were; a receiver that is down is left alone for a while.

    Nothing is sent while another worker is at it, or where the policy has no such stream that is switched on.
    """
    stream = stream_rules_in_force().named(name)
    row = _take(name) if stream and stream.is_on else None
    if stream is None or row is None:
        return 0
    sent, deadline = 0, time.monotonic() + PASS_SECONDS
    try:
        while time.monotonic() < deadline and (count := _send_batch(stream, row)):
            sent += count
    except _TakenOver:
        _leases(row).update(busy_until=None)
    except Down as error:
        _pause(stream, row, str(error))
    except Exception as error:
        log.exception("a stream of the log stopped", extra={"stream": name})
        _pause(stream, row, f"It stopped: {type(error).__name__}.")
    else:
        _leases(row).update(**WELL, busy_until=None)
    return sent


def _take(name: str) -> StreamPosition | None:
    """Take a stream for this worker, unless another one has it or it is paused."""
    StreamPosition.objects.bulk_create([StreamPosition(name=name)], ignore_conflicts=True)
    now = database_now()
    free = StreamPosition.objects.filter(
        Q(busy_until__isnull=True) | Q(busy_until__lt=now),
        Q(paused_until__isnull=True) | Q(paused_until__lte=now),
        pk=name,
    )
    return StreamPosition.objects.get(pk=name) if free.update(busy_until=now + LEASE) else None


def _mine(row: StreamPosition) -> QuerySet[StreamPosition]:
    """Return the row while it stands as this worker left it: not taken over by another one, and not set by hand since."""
    return StreamPosition.objects.filter(
        pk=row.pk, busy_until=row.busy_until, log=row.log, position=row.position, by_hand=row.by_hand
    )


def _set(row: StreamPosition, **values: Value) -> None:
    if not _mine(row).update(**values):
        raise _TakenOver
    for name, value in values.items():
        setattr(row, name, value)


def _send_batch(stream: Stream, row: StreamPosition) -> int:
    """Hand over the next batch, move the position behind it, and return how many entries it had."""
    with opened(stream) as out:
        _find_place(row, out)
        batch = _next_batch(stream, row)
        if batch is None:
            return 0
        _set(row, busy_until=database_now() + LEASE, tried_until=batch.last)
        out.give(batch)
    _set(row, **WELL, position=batch.last + 1, tried_until=None, by_hand=False, last_sent_at=database_now())
    return len(batch.lines)


def _find_place(row: StreamPosition, out: Out) -> None:
    """Go on behind what the sink says it holds, unless somebody set the position by hand."""
    kept = Place(row.log, row.position)
    place = kept if row.by_hand or out.last is None else _behind(*out.last)
    place = settled(place)
    if place != kept:
        _set(row, log=place.log, position=place.position, tried_until=None)


def _behind(last: Place, leaf: str) -> Place:
    known = leaf_at(last)
    if known is None or known.hex() != leaf:
        raise Down(
            f"The file ends with entry {last.position} of log {last.log}, and this database has no such entry:"
            " it was put back to an earlier state, or the file is another log's."
        )
    return Place(last.log, last.position + 1)


def _next_batch(stream: Stream, row: StreamPosition) -> Batch | None:
    """Return the batch that was begun, or a new one, None where nothing waits."""
    place, most = Place(row.log, row.position), stream.most_entries
    if row.tried_until is not None:
        most = min(most, row.tried_until - row.position + 1)
    lines: list[bytes] = []
    size = 0
    for entry in entries_at(place, most):
        line = line_of(entry)
        size += len(line)
        if lines and size > LARGEST_BATCH:
            break
        lines.append(line)
    return Batch(stream.name, place, lines) if lines else None


def _pause(stream: Stream, row: StreamPosition, why: str) -> None:
    now = database_now()
    failures = row.failures + 1
    _leases(row).update(
        failures=failures,
        failing_since=row.failing_since or now,
        paused_until=now + pause_after(failures, LONGEST_PAUSE),
        error=why,
        busy_until=None,
    )
    behind = age_at(Place(row.log, row.position))
    if behind > stream_rules_in_force().late_minutes * 60:
        log.error(
            "a stream of the log is behind",
            extra={"stream": stream.name, "behind_seconds": round(behind), "error": why},
        )


def _leases(row: StreamPosition) -> QuerySet[StreamPosition]:
    return StreamPosition.objects.filter(pk=row.pk, busy_until=row.busy_until)


def replay_stream(*, actor: Actor, name: str, position: int, log_number: int | None = None) -> Place:
    """Set a stream back, so that the log is handed out again from an entry on, and return that place.

    A stream is never set forward: nothing is left out. Raises `NoSuchStream`, `Invalid`.
    """
    if stream_rules_in_force().named(name) is None:
        raise NoSuchStream(f"The policy has no stream {name}.", state="unknown")
    with transaction.atomic(durable=True):
        StreamPosition.objects.bulk_create([StreamPosition(name=name)], ignore_conflicts=True)
        row = StreamPosition.objects.select_for_update().get(pk=name)
        stood = Place(row.log, row.position)
        place = Place(log_number or row.log, position)
        if not place < stood or leaf_at(place) is None:
            raise Invalid(
                {"from": f"Name an entry before {stood.position} of log {stood.log}: {name} has come so far."}
            )
        row.log, row.position, row.by_hand = place.log, place.position, True
        row.tried_until = row.paused_until = None
        row.save(update_fields=["log", "position", "by_hand", "tried_until", "paused_until"])
        record(
            "stream.replayed",
            actor=actor,
            obj=Ref("stream", name, f"stream {name}"),
            authority="none",
            entry=place.position,
            log=place.log,
            stood_at=stood.position,
        )
    return place

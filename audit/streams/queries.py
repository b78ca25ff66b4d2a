"""Where the streams of the log stand, for the integrity page and for /metrics."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import StreamPosition
from audit.seal.store import rows_of
from audit.streams.entries import Place, age_at, waiting_from
from audit.streams.rules import Stream, stream_rules_in_force

_OWED = """
    SELECT EXISTS (SELECT 1 FROM audit_seal_leaf
                   WHERE (log, position) >= (%s, %s) AND event_at >= %s AND event_at < %s)
"""


@dataclass(frozen=True)
class Standing:
    """One stream: the next entry it hands over, how many wait, and how many seconds ago the first of these happened."""

    stream: Stream
    row: StreamPosition
    waiting: int
    behind_seconds: float
    is_late: bool


def standings() -> list[Standing]:
    """Return every stream of the policy in force; one that has not begun stands at the first entry."""
    rules = stream_rules_in_force()
    rows = StreamPosition.objects.in_bulk([stream.name for stream in rules.streams])
    return [
        _standing(stream, rows.get(stream.name) or StreamPosition(name=stream.name), rules.late_minutes)
        for stream in rules.streams
    ]


def _standing(stream: Stream, row: StreamPosition, late_minutes: int) -> Standing:
    place = Place(row.log, row.position)
    behind = age_at(place)
    return Standing(stream, row, waiting_from(place), behind, stream.is_on and behind > late_minutes * 60)


def streams_owed(first: datetime, end: datetime) -> list[str]:
    """Return the names of the streams that have begun and have not handed over all that happened in a time.

    A stream counts while the policy in force has it: whoever asks may not know its variable, and it may be off for an hour only.
    """
    names = [stream.name for stream in stream_rules_in_force().streams]
    return [
        row.name
        for row in StreamPosition.objects.filter(name__in=names)
        if rows_of(_OWED, [row.log, row.position, first, end])[0][0]
    ]


def longest_behind() -> float:
    """Return how many seconds the stream that is furthest behind has not handed over; 0 where none is switched on."""
    return max((stand.behind_seconds for stand in standings() if stand.stream.is_on), default=0.0)


def failing_streams() -> float:
    """Return how many streams that are switched on could not hand over at their last try."""
    return float(sum(1 for stand in standings() if stand.stream.is_on and stand.row.failures))

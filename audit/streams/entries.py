"""Reading the sealed log entry by entry, in the order of the leaves: numbers without gaps, and nothing appears behind one that was read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.seal import store
from audit.seal.leaf import SELECT, leaf_of
from audit.seal.tree import leaf_hash

_ENTRIES = f"""
    SELECT l.position, l.hash, l.event_id::text, coalesce(l.event_at, g.opened_at), e.id IS NOT NULL, {SELECT}
    FROM audit_seal_leaf l JOIN audit_seal_log g ON g.number = l.log
    LEFT JOIN audit_event e ON e.id = l.event_id AND e.at = l.event_at
    WHERE l.log = %s AND l.position >= %s AND l.position < %s ORDER BY l.position
"""  # noqa: S608 - column names of this package
_AGE = """
    SELECT extract(epoch FROM clock_timestamp() - coalesce(l.event_at, g.opened_at))
    FROM audit_seal_leaf l JOIN audit_seal_log g ON g.number = l.log WHERE l.log = %s AND l.position = %s
"""


@dataclass(frozen=True, order=True)
class Place:
    """An entry by the number of its log and its position there."""

    log: int
    position: int


@dataclass(frozen=True)
class Entry:
    """One sealed entry. `sealed` is what was sealed, by the names of docs/events.md; None where the row is gone or was changed."""

    place: Place
    origin: str
    leaf: bytes
    event_id: str
    at: datetime
    is_there: bool
    sealed: dict[str, Any] | None


def entries_at(place: Place, count: int) -> list[Entry]:
    """Return up to so many entries of one log, from a place on."""
    logs = {log.number: log for log in store.logs()}
    rows = store.rows_of(_ENTRIES, [place.log, place.position, place.position + count])
    return [_entry(logs[place.log], row) for row in rows]


def settled(place: Place) -> Place:
    """Return a place, or the beginning of the next log where its own has ended there."""
    following = Place(place.log + 1, 0)
    ended = leaf_at(place) is None and leaf_at(following) is not None
    return settled(following) if ended else place


def _entry(log: store.Log, row: Sequence[Any]) -> Entry:
    position, kept, event_id, at, is_there, *columns = row
    place, kept = Place(log.number, position), bytes(kept)
    if event_id is None:
        return Entry(place, log.origin, kept, "", at, True, json.loads(log.opening))
    leaf = leaf_of(columns) if is_there else b""
    sealed = json.loads(leaf) if is_there and leaf_hash(leaf) == kept else None
    return Entry(place, log.origin, kept, event_id, at, is_there, sealed)


def leaf_at(place: Place) -> bytes | None:
    """Return the hash of one entry, or None where there is none."""
    rows = store.rows_of(
        "SELECT hash FROM audit_seal_leaf WHERE log = %s AND position = %s", [place.log, place.position]
    )
    return bytes(rows[0][0]) if rows else None


def waiting_from(place: Place) -> int:
    """Return how many sealed entries stand at a place and behind it, later logs included."""
    heads = [(log.number, store.latest_head(log.number)) for log in store.logs() if log.number >= place.log]
    sizes = [(number, head.size if head else 0) for number, head in heads]
    return sum(size - (place.position if number == place.log else 0) for number, size in sizes)


def age_at(place: Place) -> float:
    """Return how many seconds ago the entry at a place happened; 0 where nothing is sealed there yet."""
    at = settled(place)
    rows = store.rows_of(_AGE, [at.log, at.position])
    return max(0.0, float(rows[0][0])) if rows else 0.0

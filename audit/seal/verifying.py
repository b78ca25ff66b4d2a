"""Recomputing the whole log from its rows, and naming the first thing that does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audit.seal import store, witnesses
from audit.seal.leaf import SELECT, leaf_of
from audit.seal.note import BadNote, Checkpoint, Verifier, verified_by
from audit.seal.store import Head, Log
from audit.seal.tree import Frontier, full_root, leaf_hash

PART = 5000  # rows read at once

_LEAVES = f"""
    SELECT l.position, l.hash, l.event_id::text, to_char(l.event_at AT TIME ZONE 'UTC', 'YYYY-MM'), e.xid::text::bigint, e.seq,
           e.id IS NOT NULL, {SELECT}
    FROM audit_seal_leaf l LEFT JOIN audit_event e ON e.id = l.event_id AND e.at = l.event_at
    WHERE l.log = %s ORDER BY l.position
"""  # noqa: S608 - column names of this package
_ARCHIVES = """
    SELECT a.month, a.events, coalesce(
        e.type = 'log.archived' AND e.object_id = a.month AND e.fields ->> 'digest' = a.digest AND e.fields ->> 'events' = a.events::text,
        EXISTS (SELECT 1 FROM audit_seal_leaf l WHERE l.event_id = a.event_id))
    FROM audit_montharchive a LEFT JOIN audit_event e ON e.id = a.event_id ORDER BY a.month
"""
_SLIPPED_IN = """
    SELECT e.id::text, e.at FROM audit_event e
    WHERE (e.xid, e.seq) <= (%s::text::xid8, %s) AND NOT EXISTS (SELECT 1 FROM audit_seal_leaf l WHERE l.event_id = e.id)
      AND (%s OR e.xid >= %s::text::xid8) ORDER BY e.xid, e.seq LIMIT 1
"""


@dataclass
class Verdict:
    """What a full verification found; `archived` counts the events of each month that left for a signed file, of which only the hashes
    are here; `difference` names the first thing that does not fit, empty when all does."""

    events: int = 0
    heads: int = 0
    copies: int = 0
    archived: dict[str, int] = field(default_factory=dict)
    difference: str = ""

    def __str__(self) -> str:
        if self.difference:
            return self.difference
        said = f"The log holds: {self.events} sealed events, {self.heads} signed heads and {self.copies} copies of witnesses fit together."
        count, months = sum(self.archived.values()), len(self.archived)
        files = f"{months} file{'' if months == 1 else 's'}"
        return f"{said} {count} of the events are archived, in {files}." if months else said


class _Differs(Exception):
    pass


def verify() -> Verdict:
    """Recompute every leaf, tile and head from the rows, check every signature and every copy that can be read."""
    verdict = Verdict()
    try:
        known = store.logs()
        archives = _archives()
        keys = store.known_keys()
        for log, before in zip(known, [None, *known], strict=False):
            _opening(log, before)
            _log(log, keys, verdict, archives)
        _all_archived(archives, verdict)
        _nothing_slipped_in(known)
        _copies(known, keys, verdict)
    except (_Differs, BadNote) as error:
        verdict.difference = str(error)
    return verdict


def _archives() -> dict[str, int]:
    """Return how many events went into the file of each archived month, which the event of that archive says too."""
    found = {}
    for month, events, told in store.rows_of(_ARCHIVES):
        if not told:
            raise _Differs(f"The archive of {month} is not what an event of the log says of it.")
        found[month] = events
    return found


def _all_archived(archives: dict[str, int], verdict: Verdict) -> None:
    for month, events in archives.items():
        missing = verdict.archived.get(month, 0)
        if missing != events:
            raise _Differs(
                f"The archive of {month} counts {events} events, and {missing} of that month are not in the table."
            )


def _opening(log: Log, before: Log | None) -> None:
    old = store.latest_head(before.number) if before else None
    for root in [old.root.hex()] if old else []:
        if root not in log.opening:
            raise _Differs(f"Log {log.number} does not begin with the last head of the log before it.")


def _log(log: Log, keys: list[Verifier], verdict: Verdict, archives: dict[str, int]) -> None:
    heads = iter(store.heads(log.number))
    head = next(heads, None)
    frontier, tile = Frontier(), _Tiles(log.number)
    for leaf in _leaves(log, verdict, archives):
        frontier.add(leaf)
        tile.add(leaf)
        if head is not None and head.size == frontier.size:
            _head(log, head, frontier, keys, verdict)
            head = next(heads, None)
    if head is not None:
        raise _Differs(
            f"Log {log.number} has a signed head of {head.size} entries, and only {frontier.size} are there."
        )
    if frontier.size and frontier.size != _signed_size(log):
        raise _Differs(
            f"Log {log.number} has {frontier.size} entries, more than its last signed head counts."
        )


def _signed_size(log: Log) -> int:
    last = store.latest_head(log.number)
    return last.size if last else 0


def _leaves(log: Log, verdict: Verdict, archives: dict[str, int]) -> Iterator[bytes]:
    """Yield the recomputed leaf hashes of a log in their order; of events that are archived the kept ones, which the heads sign."""
    place, last = 0, (-1, -1)
    for part in store.chunks(_LEAVES, [log.number], PART):
        for position, kept, event_id, month, xid, seq, there, *columns in part:
            if position != place:
                raise _Differs(f"Entry {place} of log {log.number} is missing.")
            place += 1
            verdict.events += 1 if position else 0
            if position and not there and month in archives:
                verdict.archived[month] = verdict.archived.get(month, 0) + 1
                yield bytes(kept)
                continue
            what = f"Event {event_id}, entry {position} of log {log.number}," if position else "The opening"
            yield _leaf(log, what, bytes(kept), columns if there else None, opening=not position)
            if position and log.number == 1 and (xid, seq) <= last:
                raise _Differs(f"{what} stands in the wrong place.")
            last = (xid, seq) if position else last


def _leaf(log: Log, what: str, kept: bytes, columns: list[Any] | None, *, opening: bool) -> bytes:
    """Return the leaf of a row, or of a log's opening, once it is what was sealed."""
    if not opening and columns is None:
        raise _Differs(f"{what} is no longer in the table.")
    leaf = leaf_hash(log.opening.encode() if opening else leaf_of(columns or []))
    if leaf != kept:
        raise _Differs(f"{what} was changed after it was sealed.")
    return leaf


class _Tiles:
    """Compares the kept tile hashes with those that come out of the leaves."""

    def __init__(self, log: int) -> None:
        self._log = log
        self._kept = store.Tree(log)
        self._open: list[list[bytes]] = [[] for _ in range(7)]
        self._count = 0

    def add(self, leaf: bytes) -> None:
        self._count += 1
        level, new = 0, leaf
        while True:
            self._open[level].append(new)
            if len(self._open[level]) < store.TILE:
                return
            new = full_root(self._open[level])
            self._open[level].clear()
            level += 1
            number = (self._count >> 8 * level) - 1
            if self._kept.tile(level, number // store.TILE)[number % store.TILE :][:1] != [new]:
                raise _Differs(f"Tile {number} of level {level} of log {self._log} does not fit its entries.")


def _head(log: Log, head: Head, frontier: Frontier, keys: list[Verifier], verdict: Verdict) -> None:
    checkpoint = Checkpoint.parse(head.note)
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (log.origin, head.size, head.root):
        raise _Differs(f"The note of the head of {head.size} entries says something else than its row.")
    if frontier.root() != head.root:
        raise _Differs(f"The head of {head.size} entries of log {log.number} does not fit its entries.")
    if not verified_by(head.note, keys):
        raise _Differs(
            f"The head of {head.size} entries of log {log.number} is signed by no key that is trusted here."
        )
    verdict.heads += 1


def _nothing_slipped_in(known: list[Log]) -> None:
    head = store.latest_head(known[-1].number) if known else None
    if head is None:
        return
    first = len(known) == 1
    slipped = store.rows_of(_SLIPPED_IN, [head.last_xid, head.last_seq, first, known[-1].from_xid])
    if slipped:
        raise _Differs(f"Event {slipped[0][0]} stands in the table among sealed events and was never sealed.")


def _copies(known: list[Log], keys: list[Verifier], verdict: Verdict) -> None:
    """Compare the heads that witnesses kept. Heads are signed at many sizes, so each copy must be one of this database's own."""
    numbers = {log.origin: log.number for log in known}
    for folder in witnesses.folders():
        for copy, note in folder.kept():
            if not verified_by(note, keys):
                raise _Differs(
                    f"{folder.target} holds a head of {copy.size} entries that no trusted key signed."
                )
            if copy.origin not in numbers:
                raise _Differs(
                    f"{folder.target} holds heads of {copy.origin}, a log that this database does not have."
                )
            own = store.head_of_size(numbers[copy.origin], copy.size)
            if own is None or own.root != copy.root:
                raise _Differs(
                    f"{folder.target} holds a head of {copy.size} entries that this database does not have: {copy.origin} was rewritten."
                )
            verdict.copies += 1

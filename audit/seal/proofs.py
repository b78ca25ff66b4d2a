"""Proofs for one event and between two heads, from the kept hashes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.seal import store
from audit.seal.leaf import SELECT, leaf_of
from audit.seal.note import proof_text
from audit.seal.store import Head, Log
from audit.seal.tree import consistency_proof, is_consistent, leaf_hash, root_from_inclusion

TOGETHER = 500  # events read at once
ARCHIVED = "archived"
"""What the line of an entry begins with whose month is archived; no JSON does."""


@dataclass(frozen=True)
class Proof:
    """That one event stands under a signed head. `leaf` is what was sealed; `holds` is false where the row says something else now."""

    log: Log
    head: Head
    index: int
    path: list[bytes]
    leaf: bytes

    @property
    def holds(self) -> bool:
        return (
            root_from_inclusion(leaf_hash(self.leaf), self.index, self.head.size, self.path) == self.head.root
        )

    def text(self) -> str:
        """Return the proof as a `.tlog-proof` file that carries the event itself as its extra data."""
        return proof_text(self.index, self.path, self.head.note, extra=self.leaf)


def proof_of(event_id: UUID, size: int | None = None) -> Proof | None:
    """Return the proof of one event against the head of a size, or against the newest; None while the event is not sealed under it."""
    placed = store.placed(event_id, size)
    if placed is None:
        return None
    index, at, log, head = placed
    return Proof(log, head, index, store.Tree(log.number).path(index, head.size), _leaf(event_id, at))


def _leaf(event_id: UUID, at: datetime) -> bytes:
    """Return what the row of an event gives; the time leads to its month, so that no other is looked at."""
    sql = f"SELECT {SELECT} FROM audit_event e WHERE e.id = %s AND e.at = %s"  # noqa: S608 - columns of this package
    rows = store.rows_of(sql, [event_id, at])
    return leaf_of(rows[0]) if rows else b""


def proofs_of(event_ids: Sequence[UUID]) -> Iterator[tuple[UUID, Proof]]:
    """Yield the proof of each sealed event, in the order asked for; all stand under the newest heads of one moment."""
    logs = {log.number: log for log in store.logs()}
    heads = {number: store.latest_head(number) for number in logs}
    trees = {number: store.Tree(number) for number in logs}
    sql = f"""SELECT l.event_id, l.log, l.position, {SELECT} FROM audit_seal_leaf l
              JOIN audit_event e ON e.id = l.event_id AND e.at = l.event_at WHERE l.event_id = ANY(%s)"""  # noqa: S608 - columns of this package
    for start in range(0, len(event_ids), TOGETHER):
        part = event_ids[start : start + TOGETHER]
        rows = {row[0]: row[1:] for row in store.rows_of(sql, [list(part)])}
        for event_id in part:
            number, index, *columns = rows.get(event_id, (0, 0))
            head = heads.get(number)
            if head is not None and index < head.size:
                path = trees[number].path(index, head.size)
                yield event_id, Proof(logs[number], head, index, path, leaf_of(columns))


def sealed_lines() -> Iterator[str]:
    """Yield every entry of the present log in its order, one JSON text each: what the stand-alone verifier takes.

    Of an entry whose month is archived only the hash is here: `archived` and the hash in hex.
    """
    log = store.logs()[-1] if store.logs() else None
    if log is None:
        return
    yield log.opening
    sql = f"""SELECT l.hash, e.id IS NOT NULL, {SELECT} FROM audit_seal_leaf l
              LEFT JOIN audit_event e ON e.id = l.event_id AND e.at = l.event_at WHERE l.log = %s AND l.position > 0 ORDER BY l.position"""  # noqa: S608 - columns of this package
    for part in store.chunks(sql, [log.number], 5000):
        for kept, there, *row in part:
            yield leaf_of(row).decode() if there else f"{ARCHIVED} {bytes(kept).hex()}"


@dataclass(frozen=True)
class Consistency:
    """That a later head only adds to an earlier one."""

    first: Head
    second: Head
    path: list[bytes]

    @property
    def holds(self) -> bool:
        first, second = self.first, self.second
        return is_consistent(first.size, first.root, second.size, second.root, self.path)


def consistency_of(log: int, first: int, second: int) -> Consistency | None:
    """Return the proof between two heads of one log, smaller size first, or None where a head is not there."""
    old, new = (store.head_of_size(log, size) for size in sorted((first, second)))
    if old is None or new is None:
        return None
    return Consistency(old, new, consistency_proof(old.size, new.size, store.Tree(log).node))

"""Putting events under the seal, and handing the heads to the witnesses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from audit.names import names_in
from audit.seal import store, witnesses
from audit.seal.keys import signers
from audit.seal.leaf import COLUMNS, SELECT, leaf_of
from audit.seal.note import Checkpoint, sign
from audit.seal.store import Head, Log
from audit.seal.tree import Frontier, full_root, leaf_hash
from opsconsole.lib.errors import Conflict, Refused

BATCH = 10_000  # events under one head at most
LEADER = 7_305_124_190_214_501  # number of the advisory lock; one sealer in the whole database
LEVELS = 6  # of tiles; 256**6 leaves
MAIL_EVERY = "1 hour"

_EVENTS = f"SELECT {SELECT} FROM audit_event e"  # noqa: S608
_ID, _AT, _XID, _SEQ = (COLUMNS.index(name) for name in ("id", "at", "xid", "seq"))
_NOT_SEALED = "NOT EXISTS (SELECT 1 FROM audit_seal_leaf l WHERE l.event_id = e.id)"


class AnotherSealer(Conflict):
    code = "another_sealer"


class WitnessIsAhead(Refused):
    code = "witness_is_ahead"


@dataclass(frozen=True)
class Sealed:
    """What one pass did: how many events it sealed, and the head that stands now."""

    count: int
    head: Head


def seal_all() -> Sealed:
    """Seal everything that is due, batch after batch, and hand the last head to the witnesses."""
    count = 0
    while True:
        sealed = seal()
        count += sealed.count
        if sealed.count < BATCH:
            publish(sealed.head)
            return Sealed(count, sealed.head)


def seal(*, limit: int = BATCH) -> Sealed:
    """Add the next events to the tree and sign its head; the head is not published yet. No lock is taken that a writer waits for.

    Only events of transactions below the snapshot's horizon are taken, so that none can appear behind the last one sealed. Raises
    `AnotherSealer` while one is at work, `WitnessIsAhead` where a witness knows more than this database, `BadNote` for an unusable key.
    """
    with transaction.atomic(durable=True):
        _lead()
        log, carried = _present_log()
        head = store.latest_head(log.number)
        _compare_with_witnesses(log, head)
        rows = carried if head is None and carried else _due(log, head, limit)
        if head is not None and not rows:
            return Sealed(0, head)
        return Sealed(len(rows), _append(log, head, rows, carried))


def _lead() -> None:
    """Become the one sealer until the end of the transaction.

    No sorting in it: the planner knows nothing of transactions newer than its statistics, takes what is behind the last head for a few
    rows, and would sort all of them for each batch. In the order of the index a batch reads what it takes.
    """
    sql = "SELECT pg_try_advisory_xact_lock(%s), set_config('enable_sort', 'off', true)"
    if not store.rows_of(sql, [LEADER])[0][0]:
        raise AnotherSealer("Another sealer is at work.", state="sealing")


def _present_log() -> tuple[Log, list[Any]]:
    """Return the log of this cluster, and for a new one the events that came over from another cluster without a seal."""
    known = store.logs()
    if known and known[-1].system_identifier == store.system_identifier():
        return known[-1], []
    last = known[-1] if known else None
    before = store.latest_head(last.number) if last else None
    number = last.number + 1 if last else 1
    carried = store.rows_of(f"{_EVENTS} WHERE {_NOT_SEALED} ORDER BY e.xid, e.seq") if last else []
    origin, opening = store.opening_of(
        number, (last.origin, before) if last and before else None, len(carried)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_seal_log (number, origin, system_identifier, opening, from_xid)
               VALUES (%s, %s, %s, %s, CASE WHEN %s THEN pg_snapshot_xmin(pg_current_snapshot()) ELSE '0'::xid8 END)""",
            [number, origin, store.system_identifier(), opening, last is not None],
        )
    return store.logs()[-1], carried


def _compare_with_witnesses(log: Log, head: Head | None) -> None:
    size = head.size if head else 0
    for folder in witnesses.folders():
        kept = folder.latest(log.origin)
        if kept is not None and kept.size > size:
            raise WitnessIsAhead(
                f"{folder.target} holds a head of {kept.size} entries, and this database has {size}: it was put back to an"
                " earlier state. Nothing is sealed until the missing events are found."
            )
        if kept is not None and head is not None and kept.size == size and kept.root != head.root:
            raise WitnessIsAhead(
                f"{folder.target} holds another head of {size} entries: the log was rewritten. Nothing is sealed until that is explained."
            )


def _due(log: Log, head: Head | None, limit: int) -> list[Any]:
    after = [head.last_xid, head.last_seq] if head else [log.from_xid, -1]
    more = f" AND {_NOT_SEALED}" if log.number > 1 else ""
    return store.rows_of(
        f"""{_EVENTS} WHERE (e.xid, e.seq) > (%s::text::xid8, %s) AND e.xid < pg_snapshot_xmin(pg_current_snapshot()){more}
            ORDER BY e.xid, e.seq LIMIT %s""",
        [*after, limit],
    )


class _Growth:
    """A tree being added to: at each level the hashes that fill no tile yet, and the full tiles that come out of it."""

    def __init__(self, log: int, size: int) -> None:
        read = store.Tree(log)
        self.size = size
        self.tiles: list[tuple[int, int, bytes]] = []
        self._open = [list(read.tile(level, size >> 8 * (level + 1))) for level in range(LEVELS)]

    def add(self, leaves: list[bytes]) -> None:
        self.size += len(leaves)
        self._add(0, leaves)

    def _add(self, level: int, new: list[bytes]) -> None:
        hashes = self._open[level] + new
        full = len(hashes) // store.TILE * store.TILE
        roots = [full_root(hashes[at : at + store.TILE]) for at in range(0, full, store.TILE)]
        self._open[level] = hashes[full:]
        first = (self.size >> 8 * (level + 1)) - len(roots)
        self.tiles += [(level + 1, first + number, root) for number, root in enumerate(roots)]
        if roots:
            self._add(level + 1, roots)

    def root(self) -> bytes:
        frontier = Frontier()
        for level in reversed(range(LEVELS)):
            for part in self._open[level]:
                frontier.add(part, 8 * level)
        return frontier.root()


def _append(log: Log, head: Head | None, rows: Sequence[Any], carried: Sequence[Any]) -> Head:
    growth = _Growth(log.number, head.size if head else 0)
    first = [] if head else [("\\N", "\\N", leaf_hash(log.opening.encode()))]
    entries = [*first, *((row[_ID], row[_AT], leaf_hash(leaf_of(row))) for row in rows)]
    leaves = [
        f"{log.number}\t{place}\t{event_id}\t{at}\t\\\\x{new.hex()}\n"
        for place, (event_id, at, new) in enumerate(entries, growth.size)
    ]
    growth.add([new for _event_id, _at, new in entries])
    tiles = [f"{log.number}\t{level}\t{number}\t\\\\x{new.hex()}\n" for level, number, new in growth.tiles]
    _copy("audit_seal_leaf (log, position, event_id, event_at, hash)", leaves)
    _copy("audit_seal_tile (log, level, number, hash)", tiles)
    _keep_names(names_in(rows))
    after = (int(rows[-1][_XID]), rows[-1][_SEQ]) if rows and not carried else (log.from_xid, -1)
    return _sign(log, Checkpoint(log.origin, growth.size, growth.root()), after)


def _copy(target: str, lines: Sequence[str]) -> None:
    """Write lines in the text form of COPY."""
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {target} FROM STDIN") as copy,
    ):
        copy.write("".join(lines))


def _keep_names(names: set[tuple[str, str, str]]) -> None:
    if names:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO audit_name (what, id, label) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])
                   ON CONFLICT DO NOTHING""",
                [list(column) for column in zip(*sorted(names), strict=True)],
            )


def _sign(log: Log, checkpoint: Checkpoint, after: tuple[int, int]) -> Head:
    note = sign(checkpoint.body(), signers())
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_seal_checkpoint (log, size, root, note, last_xid, last_seq)
               VALUES (%s, %s, %s, %s, %s::text::xid8, %s)""",
            [log.number, checkpoint.size, checkpoint.root, note, *after],
        )
    head = store.latest_head(log.number)
    assert head is not None  # noqa: S101 - it was written a line above, in this transaction
    return head


def publish(head: Head) -> None:
    """Hand a head that is committed to every witness that has not taken it yet, and note how each answered."""
    checkpoint = Checkpoint.parse(head.note)
    for witness in witnesses.witnesses():
        if not _wants(witness.target, head):
            continue
        said = ""
        try:
            witness.give(checkpoint, head.note)
        except witnesses.WITNESS_ERRORS as error:
            said = f"{type(error).__name__}: {error}"[:300]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_seal_receipt (log, size, target, accepted, sentence) VALUES (%s, %s, %s, %s, %s)",
                [head.log, head.size, witness.target, not said, said],
            )


def _wants(target: str, head: Head) -> bool:
    """Tell whether a witness is due: it has not accepted this head, and a mailbox has had none for an hour."""
    return not store.rows_of(
        """SELECT 1 FROM audit_seal_receipt WHERE target = %s AND accepted
           AND ((log = %s AND size = %s) OR (%s AND at > clock_timestamp() - %s::interval)) LIMIT 1""",
        [target, head.log, head.size, target.startswith("mailto:"), MAIL_EVERY],
    )

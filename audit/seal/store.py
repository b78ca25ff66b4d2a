"""Reading the sealed log: its identity, its heads, the hashes of its tree."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from audit.seal import tree
from audit.seal.keys import log_name, trusted
from audit.seal.leaf import canonical
from audit.seal.note import Verifier

TILE = 256  # hashes
TILE_BITS = 8
Tile = tuple[int, int]
"""Level and number."""


@dataclass(frozen=True)
class Log:
    """One sealed log. `opening` is its first leaf, as canonical JSON."""

    number: int
    origin: str
    system_identifier: str
    opening: str
    from_xid: int


@dataclass(frozen=True)
class Head:
    """A signed head. `last_xid` and `last_seq` name the last event under it."""

    log: int
    size: int
    root: bytes
    note: str
    last_xid: int
    last_seq: int
    at: datetime


def rows_of(sql: str, params: list[Any] | dict[str, Any] | None = None) -> list[Any]:
    """Return all rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or [])
        found: list[Any] = cursor.fetchall()
    return found


def system_identifier() -> str:
    """Return the number PostgreSQL gave this cluster when it was made."""
    return str(rows_of("SELECT system_identifier FROM pg_control_system()")[0][0])


_LOG = "SELECT number, origin, system_identifier, opening, from_xid::text::bigint FROM audit_seal_log"
_HEAD = "SELECT log, size, root, note, last_xid::text::bigint, last_seq, at FROM audit_seal_checkpoint"
_PLACED = f"""
    SELECT l.position, l.event_at, g.*, h.* FROM audit_seal_leaf l
    CROSS JOIN LATERAL ({_LOG} WHERE number = l.log) g
    CROSS JOIN LATERAL ({_HEAD} WHERE log = l.log AND size > l.position AND (%(size)s::bigint IS NULL OR size = %(size)s)
                        ORDER BY size DESC LIMIT 1) h
    WHERE l.event_id = %(event)s"""  # noqa: S608 - columns named above


def logs() -> list[Log]:
    """Return every log this database has kept, the present one last."""
    return [Log(*row) for row in rows_of(f"{_LOG} ORDER BY number")]


def known_keys() -> list[Verifier]:
    """Return the public keys whose signature counts for the logs of this database, under each name that one of them had."""
    return trusted({log.origin.rpartition("/")[0] for log in logs()})


def heads(log: int) -> list[Head]:
    """Return all heads of one log, smallest first."""
    return [_head(row) for row in rows_of(f"{_HEAD} WHERE log = %s ORDER BY size", [log])]


def latest_head(log: int) -> Head | None:
    """Return the newest head of one log."""
    rows = rows_of(f"{_HEAD} WHERE log = %s ORDER BY size DESC LIMIT 1", [log])
    return _head(rows[0]) if rows else None


def recent_heads(count: int) -> list[Head]:
    """Return the newest heads of all logs, newest first."""
    return [_head(row) for row in rows_of(f"{_HEAD} ORDER BY log DESC, size DESC LIMIT %s", [count])]


def head_of_size(log: int, size: int) -> Head | None:
    """Return one head, or None where none was signed at that size."""
    rows = rows_of(f"{_HEAD} WHERE log = %s AND size = %s", [log, size])
    return _head(rows[0]) if rows else None


def _head(row: Any) -> Head:
    return Head(row[0], row[1], bytes(row[2]), *row[3:])


def place_of(event_id: UUID) -> tuple[int, int, bytes] | None:
    """Return the log, position and leaf hash of a sealed event, or None while it is not sealed."""
    rows = rows_of("SELECT log, position, hash FROM audit_seal_leaf WHERE event_id = %s", [event_id])
    return (rows[0][0], rows[0][1], bytes(rows[0][2])) if rows else None


def placed(event_id: UUID, size: int | None) -> tuple[int, datetime, Log, Head] | None:
    """Return position and time of a sealed event, its log, and the head of a size or the newest; None where it is not under that."""
    rows = rows_of(_PLACED, {"event": event_id, "size": size})
    if not rows:
        return None
    index, at, *columns = rows[0]
    return index, at, Log(*columns[:5]), _head(columns[5:])


def opening_of(number: int, previous: tuple[str, Head] | None, carried: int) -> tuple[str, str]:
    """Return the origin and the opening leaf of a new log; it commits to the last head of the log before it, and
    tells how many events without a seal came over."""
    origin = f"{log_name()}/{secrets.token_hex(4)}"
    before = (
        {"origin": previous[0], "size": previous[1].size, "root": previous[1].root.hex()}
        if previous
        else None
    )
    opening = {
        "v": 1,
        "kind": "opening",
        "origin": origin,
        "number": number,
        "previous": before,
        "carried": carried,
    }
    return origin, canonical({**opening, "system_identifier": system_identifier()}).decode()


class Tree:
    """The hashes of one log, read in tiles of 256 and kept for the life of the object."""

    def __init__(self, log: int) -> None:
        self.log = log
        self._tiles: dict[Tile, list[bytes]] = {}

    def node(self, height: int, number: int) -> bytes:
        """Return the hash of a full subtree of 2**height leaves."""
        (level, tile), offset, count = _within(height, number)
        return tree.full_root(self.tile(level, tile)[offset : offset + count])

    def path(self, index: int, size: int) -> list[bytes]:
        """Return the inclusion proof of a leaf, with all that it needs read in one statement."""
        wanted: set[Tile] = set()

        def note(height: int, number: int) -> bytes:
            wanted.add(_within(height, number)[0])
            return tree.EMPTY

        tree.inclusion_proof(index, size, note)
        self._read(wanted)
        return tree.inclusion_proof(index, size, self.node)

    def tile(self, level: int, number: int) -> list[bytes]:
        """Return up to 256 hashes of one level, left to right."""
        self._read({(level, number)})
        return self._tiles[level, number]

    def _read(self, wanted: set[Tile]) -> None:
        missing = sorted(wanted - set(self._tiles))
        if missing:
            for level, number, joined in rows_of(" UNION ALL ".join(map(self._sql, missing))):
                whole = bytes(joined)
                self._tiles[level, number] = [whole[at : at + 32] for at in range(0, len(whole), 32)]

    def _sql(self, tile: Tile) -> str:
        level, number = tile
        table, column, where = (
            ("audit_seal_tile", "number", f"level = {level} AND ")
            if level
            else ("audit_seal_leaf", "position", "")
        )
        start = number * TILE
        return f"""SELECT {level}, {number}, coalesce(string_agg(hash, ''::bytea ORDER BY {column}), ''::bytea) FROM {table}
                   WHERE {where}log = {self.log} AND {column} >= {start} AND {column} < {start + TILE}"""  # noqa: S608 - numbers and names


def _within(height: int, number: int) -> tuple[Tile, int, int]:
    """Return the tile that holds a full subtree of 2**height leaves, where in it that begins, and how many hashes it spans."""
    level, rest = divmod(height, TILE_BITS)
    tile, offset = divmod(number << rest, TILE)
    return (level, tile), offset, 1 << rest


def chunks(sql: str, params: list[Any], size: int) -> Iterator[list[Any]]:
    """Yield the rows of a long statement in parts, through a cursor of the server."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(size):
            yield rows

"""SQLite, read-only three times over: the file opened `mode=ro`, `query_only`, and an authorizer that lets nothing but reads pass."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from tenants.language.shapes import Question, Source
from tenants.sources.base import (
    Params,
    QueryFailed,
    Row,
    Rows,
    SourceError,
    TimedOut,
    TooLarge,
    Unreachable,
    line_told,
    spell,
)
from tenants.sources.pool import Pool

STEPS = 2_000  # virtual machine steps between two looks at the clock
_READS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_SENTENCES = (
    ("no such table", "The query of this section names a table that this database does not have."),
    ("no such column", "The query of this section names a column that this database does not have."),
    ("not authorized", "The query of this section tries to do more than read, which the console never does."),
    ("readonly", "The query of this section tries to write, which the console never does."),
    ("syntax error", "The query of this section is not valid SQL."),
    ("locked", "The database is locked at the moment."),
)


class SQLite:
    """One database file."""

    def __init__(self, source: Source, address: str) -> None:
        self.source = source
        self._path = (address or source.path).removeprefix("sqlite://")
        self._pool: Pool[sqlite3.Connection] = Pool(self._connect, lambda c: c.close())

    def rows(self, ask: Question, params: Params, *, timeout: float, limit: int) -> Rows:
        with self._running(ask, params, timeout) as cursor:
            columns = tuple(c[0] for c in cursor.description or ())
            found: list[Row] = []
            size = 0
            while len(found) <= limit and (row := cursor.fetchone()) is not None:
                size += sum(len(v) for v in row if isinstance(v, str | bytes))
                if size > self.source.max_bytes:
                    raise TooLarge(
                        f"The answer is larger than {self.source.max_bytes // 1_000_000 or 1} MB, so it is not shown."
                    )
                found.append(dict(zip(columns, row, strict=True)))
        return Rows(columns, tuple(found[:limit]), truncated=len(found) > limit)

    def pages(self, ask: Question, *, timeout: float, size: int) -> Iterator[tuple[Row, ...]]:
        with self._running(ask, Params("", ""), timeout) as cursor:
            columns = tuple(c[0] for c in cursor.description or ())
            while rows := cursor.fetchmany(size):
                yield tuple(dict(zip(columns, row, strict=True)) for row in rows)

    def columns(self, ask: Question, params: Params) -> tuple[str, ...]:
        try:
            return self.rows(ask, params, timeout=10, limit=0).columns
        except SourceError as failed:
            failed.line = line_told(ask.query.numbered(), failed.detail)
            raise

    def why_refused(self) -> str:
        """Nothing to refuse: the file is opened so that no statement can write, whoever owns it."""
        return ""

    def close(self) -> None:
        self._pool.clear()

    @contextmanager
    def _running(self, ask: Question, params: Params, timeout: float) -> Iterator[sqlite3.Cursor]:
        deadline = time.monotonic() + timeout
        try:
            with self._pool.lease() as lease:
                lease.connection.set_progress_handler(lambda: int(time.monotonic() > deadline), STEPS)
                yield lease.connection.execute(ask.query.for_driver(), _named(params))
        except sqlite3.Error as error:
            raise self._failure(error, timeout) from None

    def _failure(self, error: sqlite3.Error, timeout: float) -> SourceError:
        words = str(error).lower()
        if "interrupted" in words:
            return TimedOut(f"{self.source.name} did not answer within {spell(timeout)}.")
        if "unable to open" in words or "not a database" in words:
            return Unreachable(f"{self.source.name} cannot be opened.")
        failed = QueryFailed(
            next((s for part, s in _SENTENCES if part in words), "The query of this section failed.")
        )
        return failed.told(str(error))

    def _connect(self) -> sqlite3.Connection:
        uri = f"file:{quote(self._path)}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=1, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        connection.execute(
            "SELECT 1 FROM json_each('[]')"
        ).fetchall()  # SQLite declares it at its first use, which is no read
        connection.text_factory = _text
        connection.set_authorizer(_authorize)
        return connection


def _authorize(action: int, first: str | None, second: str | None, *_: Any) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in (
        "load_extension",
        "writefile",
        "readfile",
        "edit",
    ):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _named(params: Params) -> dict[str, Any]:
    """SQLite knows no arrays: many tenants come as one JSON text, for json_each."""
    values = params.written()
    many = [one.hex() if isinstance(one, bytes) else one for one in values["tenants"]]
    return {**values, "tenants": json.dumps(many)}

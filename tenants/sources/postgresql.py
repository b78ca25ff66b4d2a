"""PostgreSQL, read-only three times over: the role (refused when it can write), the session, and every transaction."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg import Connection, Cursor, pq
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader

from tenants.language.shapes import Question, Source
from tenants.sources import postgresql_role
from tenants.sources.base import Asked, Params, Row, Rows, SourceError, TooLarge, Unreachable
from tenants.sources.pool import Pool
from tenants.sources.postgresql_errors import sentence_for
from tenants.values import JsonText

T = TypeVar("T")
logging.getLogger("psycopg").setLevel(
    logging.ERROR
)  # it warns of every failed query, which is an event already
_DECLARE = b"DECLARE panel NO SCROLL CURSOR FOR "
TOGETHER_SECONDS = (
    0.1  # of one question among others; who needs longer is asked alone, with the time its section has
)
CHUNK = 100  # rows of one FETCH; the byte cap is looked at between them

_SESSION = """
SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '2s';
SET cursor_tuple_fraction = 1; SET timezone = 'UTC'; SET standard_conforming_strings = on; SET datestyle = 'ISO';
SET intervalstyle = 'postgres'
"""


class PostgreSQL:
    """One database under one role. `cursor_tuple_fraction = 1` keeps the planner from walking a whole index for a quiet tenant."""

    def __init__(self, source: Source, url: str) -> None:
        self.source, self._url = source, url
        self._pool: Pool[Connection[dict[str, Any]]] = Pool(self._connect, lambda c: c.close())

    def rows(self, ask: Question, params: Params, *, timeout: float, limit: int) -> Rows:
        return self._retrying(lambda fresh: self._rows(ask, params, timeout, limit, fresh), timeout)

    def together(self, asked: Sequence[Asked], params: Params) -> list[Rows | None]:
        """All in one transaction and one round trip. Where one fails or dallies, it and those behind it have to be asked again.

        After each the transaction goes back to where it began, so that no query can change a setting for the next.
        """
        cursors: list[Cursor[dict[str, Any]]] = []
        with suppress(psycopg.Error), self._pool.lease() as lease, lease.connection.pipeline():
            run = lease.connection.execute
            self._begin(lease.connection, TOGETHER_SECONDS)
            run(b"SAVEPOINT together")
            for one in asked:
                run(_DECLARE + _text(one.ask), params.named())
                cursors.append(run(f"FETCH {one.limit + 1} FROM panel".encode()))
                run(b"ROLLBACK TO SAVEPOINT together")
            run(b"ROLLBACK")
        answers = [self._answer_of(one, cursor) for one, cursor in zip(asked, cursors, strict=False)]
        return answers + [None] * (len(asked) - len(answers))

    def _answer_of(self, one: Asked, cursor: "Cursor[dict[str, Any]]") -> Rows | None:
        if cursor.description is None:
            return None
        found = cursor.fetchall()
        if sum(map(_size, found)) > self.source.max_bytes:
            return None
        columns = tuple(column.name for column in cursor.description)
        return Rows(columns, tuple(found[: one.limit]), truncated=len(found) > one.limit)

    def pages(self, ask: Question, *, timeout: float, size: int) -> Iterator[tuple[Row, ...]]:
        try:
            with self._pool.lease(fresh=True) as lease:
                self._begin(lease.connection, timeout)
                lease.connection.execute(
                    _DECLARE + _text(ask), {}, binary=True
                )  # never the protocol that takes several statements
                while found := lease.connection.execute(f"FETCH {size} FROM panel".encode()).fetchall():
                    yield tuple(found)
                lease.connection.execute(b"ROLLBACK")
        except psycopg.Error as error:
            raise sentence_for(error, self.source.name, timeout) from None

    def columns(self, ask: Question, params: Params) -> tuple[str, ...]:
        def describe(fresh: bool) -> tuple[str, ...]:
            with self._pool.lease(fresh=fresh) as lease:
                self._begin(lease.connection, 10)
                lease.connection.execute(_DECLARE + _text(ask), params.named())
                found = lease.connection.execute(b"FETCH 0 FROM panel").description or ()
                lease.connection.execute(b"ROLLBACK")
            return tuple(column.name for column in found)

        try:
            return self._retrying(describe, 10)
        except SourceError as failed:
            sent = _DECLARE.decode() + ask.query.numbered()
            failed.line = sent[: max(failed.place - 1, 0)].count("\n")
            raise

    def why_refused(self) -> str:
        def ask(fresh: bool) -> str:
            with self._pool.lease(fresh=fresh) as lease:
                return postgresql_role.why_refused(lease.connection)

        return self._retrying(ask, 10)

    def close(self) -> None:
        self._pool.clear()

    def _retrying(self, work: Callable[[bool], T], timeout: float) -> T:
        """Once more on a new connection when an idle one turns out to be dead, as after a restart of the database."""
        try:
            return work(False)
        except psycopg.OperationalError as error:
            failure = sentence_for(error, self.source.name, timeout)
            if not isinstance(failure, Unreachable) or getattr(error, "fresh", True):
                raise failure from None
        except psycopg.Error as error:
            raise sentence_for(error, self.source.name, timeout) from None
        try:
            return work(True)
        except psycopg.Error as error:
            raise sentence_for(error, self.source.name, timeout) from None

    def _rows(self, ask: Question, params: Params, timeout: float, limit: int, fresh: bool) -> Rows:
        with self._pool.lease(fresh=fresh) as lease:
            try:
                found = self._fetch(lease.connection, ask, params, timeout, limit)
            except psycopg.OperationalError as error:
                error.fresh = lease.fresh  # type: ignore[attr-defined]
                raise
            return found

    def _fetch(
        self,
        connection: Connection[dict[str, Any]],
        ask: Question,
        params: Params,
        timeout: float,
        limit: int,
    ) -> Rows:
        wanted = limit + 1
        with connection.pipeline():
            self._begin(connection, timeout)
            connection.execute(_DECLARE + _text(ask), params.named())
            cursor = connection.execute(f"FETCH {min(wanted, CHUNK)} FROM panel".encode())
            if wanted <= CHUNK:
                connection.execute(b"ROLLBACK")  # nothing more to fetch, so it goes along
        found, size = cursor.fetchall(), 0
        columns = tuple(column.name for column in cursor.description or ())
        while True:
            size += sum(_size(row) for row in found[-CHUNK:])
            if size > self.source.max_bytes:
                raise TooLarge(
                    f"The answer is larger than {self.source.max_bytes // 1_000_000 or 1} MB, so it is not shown."
                )
            if len(found) >= wanted or len(found) % CHUNK:
                break
            more = connection.execute(
                f"FETCH {min(wanted - len(found), CHUNK)} FROM panel".encode()
            ).fetchall()
            found += more
            if not more:
                break
        if wanted > CHUNK:
            connection.execute(b"ROLLBACK")
        return Rows(columns, tuple(found[:limit]), truncated=len(found) > limit)

    def _begin(self, connection: Connection[dict[str, Any]], timeout: float) -> None:
        """The limit counts inside the transaction only, and every transaction is rolled back: no query can lift it for the next."""
        connection.execute(b"BEGIN TRANSACTION READ ONLY")
        connection.execute(f"SET LOCAL statement_timeout = {math.ceil(timeout * 1000)}".encode())

    def _connect(self) -> Connection[dict[str, Any]]:
        patience = max(2, math.ceil(self.source.timeout_seconds))
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            row_factory=dict_row,
            prepare_threshold=None,
            application_name="opsconsole",
            connect_timeout=patience,
            tcp_user_timeout=patience * 2000,
        )
        connection.execute(_SESSION)
        _tolerate(connection)
        return connection


def _text(ask: Question) -> bytes:
    return ask.query.for_driver().encode()


def _size(row: Row) -> int:
    return sum(len(v) for v in row.values() if isinstance(v, str | bytes))


class _TolerantLoader(Loader):
    """Times that Python cannot hold, such as infinity, stay text instead of failing the whole answer."""

    format = pq.Format.TEXT

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        self._inner = psycopg.adapters.get_loader(oid, pq.Format.TEXT)(oid, context)  # type: ignore[misc]

    def load(self, data: Buffer) -> Any:
        try:
            return self._inner.load(data)
        except (psycopg.Error, ValueError):
            return bytes(data).decode()


class _JsonLoader(TextLoader):
    """JSON stays text until a path of it is asked for: a column without a path never shows it."""

    def load(self, data: Buffer) -> JsonText:
        return JsonText(super().load(data))


def _tolerate(connection: Connection[dict[str, Any]]) -> None:
    for name in ("timestamp", "timestamptz", "date", "interval", "time", "timetz"):
        connection.adapters.register_loader(name, _TolerantLoader)
    for name in ("json", "jsonb"):
        connection.adapters.register_loader(name, _JsonLoader)

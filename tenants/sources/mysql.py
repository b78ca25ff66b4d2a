"""MySQL and MariaDB through PyMySQL, read-only three times over: the role, the session, and every transaction."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
from pymysql.cursors import SSDictCursor

from tenants.language.shapes import Question, Source
from tenants.sources.base import Params, Row, Rows, SourceError, TooLarge, Unreachable, line_told
from tenants.sources.mysql_errors import sentence_for
from tenants.sources.mysql_role import why_refused
from tenants.sources.pool import Pool

_SESSION = "SET SESSION time_zone = '+00:00', SESSION transaction_read_only = 1"
_SESSION_MARIADB = "SET SESSION time_zone = '+00:00', SESSION tx_read_only = 1"


class MySQL:
    """One database under one role."""

    def __init__(self, source: Source, url: str) -> None:
        self.source, self._url = source, url
        self._pool: Pool[Any] = Pool(self._connect, lambda c: c.close())

    def rows(self, ask: Question, params: Params, *, timeout: float, limit: int) -> Rows:
        try:
            return self._rows(ask, params, timeout, limit)
        except Unreachable:
            self._pool.clear()
            return self._rows(ask, params, timeout, limit)

    def pages(self, ask: Question, *, timeout: float, size: int) -> Iterator[tuple[Row, ...]]:
        with self._running(ask, Params("", ""), timeout) as cursor:
            while rows := cursor.fetchmany(size):
                yield tuple(rows)

    def columns(self, ask: Question, params: Params) -> tuple[str, ...]:
        try:
            return self.rows(ask, params, timeout=10, limit=0).columns
        except SourceError as failed:
            failed.line = line_told(ask.query.numbered(), failed.detail)
            raise

    def why_refused(self) -> str:
        try:
            with self._pool.lease() as lease, lease.connection.cursor() as cursor:
                return why_refused(cursor)
        except pymysql.MySQLError as error:
            raise sentence_for(error, self.source.name, 10) from None

    def close(self) -> None:
        self._pool.clear()

    def _rows(self, ask: Question, params: Params, timeout: float, limit: int) -> Rows:
        found: list[Row] = []
        size = 0
        with self._running(ask, params, timeout, limit + 1) as cursor:
            columns = tuple(c[0] for c in cursor.description or ())
            while len(found) <= limit and (row := cursor.fetchone()) is not None:
                size += sum(len(v) for v in row.values() if isinstance(v, str | bytes))
                if size > self.source.max_bytes:
                    raise TooLarge(
                        f"The answer is larger than {self.source.max_bytes // 1_000_000 or 1} MB, so it is not shown."
                    )
                found.append(row)
        return Rows(columns, tuple(found[:limit]), truncated=len(found) > limit)

    @contextmanager
    def _running(self, ask: Question, params: Params, timeout: float, limit: int = 0) -> Iterator[Any]:
        try:
            with self._pool.lease() as lease:
                connection = lease.connection
                with connection.cursor() as plain:
                    plain.execute(_limits(connection, timeout, limit))
                    plain.execute("START TRANSACTION READ ONLY")
                with connection.cursor(SSDictCursor) as cursor:
                    cursor.execute(ask.query.for_driver(), params.written())
                    yield cursor
                connection.rollback()
        except pymysql.MySQLError as error:
            raise sentence_for(error, self.source.name, timeout) from None

    def _connect(self) -> Any:
        connection = pymysql.connect(
            **_arguments(self._url), **self._patience(), charset="utf8mb4", autocommit=True
        )
        with connection.cursor() as cursor:
            cursor.execute(_SESSION_MARIADB if _is_mariadb(connection) else _SESSION)
        return connection

    def _patience(self) -> dict[str, int]:
        seconds = max(2, math.ceil(self.source.timeout_seconds))
        return {"connect_timeout": seconds, "read_timeout": 60, "write_timeout": seconds}


def _is_mariadb(connection: Any) -> bool:
    return "mariadb" in str(connection.get_server_info()).lower()


def _limits(connection: Any, timeout: float, limit: int) -> str:
    """The time limit as each of the two names it, and the row cap, which the server then keeps too."""
    rows = str(limit) if limit else "DEFAULT"
    if _is_mariadb(connection):
        return f"SET SESSION max_statement_time = {timeout:.3f}, SESSION sql_select_limit = {rows}"
    return f"SET SESSION max_execution_time = {math.ceil(timeout * 1000)}, SESSION sql_select_limit = {rows}"


def _arguments(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    arguments: dict[str, Any] = {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.lstrip("/")),
    }
    if "unix_socket" in query:
        return arguments | {"unix_socket": query["unix_socket"]}
    tls = (
        {"ssl_ca": query["ssl_ca"], "ssl_verify_cert": True, "ssl_verify_identity": True}
        if "ssl_ca" in query
        else {}
    )
    return arguments | {"host": parts.hostname or "127.0.0.1", "port": parts.port or 3306} | tls

"""Asks the sources for a whole book at once: one question each, however many tenants there are. No Django here."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from tenants.desk.shapes import Query
from tenants.identity import UUIDS, TypedId, typed
from tenants.language.shapes import Language
from tenants.reading import GRACE_SECONDS
from tenants.sources.base import Params, Row, Rows, SourceError, TimedOut, spell
from tenants.sources.opening import open_source
from tenants.values import as_text

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one query by tenant, or the sentence why there are none. `foreign` counts rows nobody asked for."""

    query: Query
    rows: Mapping[TypedId, tuple[Row, ...]]
    failure: str = ""
    code: str = ""
    foreign: int = 0


def ask_for_book(language: Language, queries: Sequence[Query], ids: Sequence[TypedId]) -> list[Answer]:
    """Every query's answer, in order; the sources work beside each other and never raise here."""
    begun = time.monotonic()
    jobs = [(query, _start(language, query, ids)) for query in queries]
    return [_finish(language, query, job, begun, ids) for query, job in jobs]


def _start(language: Language, query: Query, ids: Sequence[TypedId]) -> "Future[Rows] | SourceError":
    try:
        return open_source(language.sources[query.source]).submit(
            query.section.asks[0],
            Params("", "", tuple(ids)),
            timeout=_timeout(language, query),
            limit=query.section.limit,
        )
    except SourceError as error:
        return error


def _timeout(language: Language, query: Query) -> float:
    return query.section.timeout_seconds or language.sources[query.source].timeout_seconds


def _finish(
    language: Language,
    query: Query,
    job: "Future[Rows] | SourceError",
    begun: float,
    ids: Sequence[TypedId],
) -> Answer:
    try:
        rows = _rows(job, query, _timeout(language, query), begun)
        return _by_tenant(language, query, rows, ids)
    except SourceError as error:
        return Answer(query, {}, error.sentence, error.code)


def _rows(job: "Future[Rows] | SourceError", query: Query, timeout: float, begun: float) -> Rows:
    if isinstance(job, SourceError):
        raise job
    try:
        error = job.exception(timeout=max(begun + timeout + GRACE_SECONDS - time.monotonic(), 0))
    except (FutureTimeout, CancelledError):
        job.cancel()
        raise TimedOut(f"{query.source} did not answer within {spell(timeout)}.") from None
    if error is None:
        return job.result()
    if isinstance(error, SourceError):
        raise error
    logger.error("a source failed in a way of its own", source=query.source, kind=type(error).__name__)
    raise SourceError(f"{query.source} could not answer this question.")


def _by_tenant(language: Language, query: Query, rows: Rows, ids: Sequence[TypedId]) -> Answer:
    column = query.section.asks[0].tenant_column
    if rows.rows and column not in rows.columns:
        raise SourceError(
            f"The query does not return its tenant column {column}, so nothing is shown.",
            code="no_tenant_column",
        )
    if rows.truncated:
        raise SourceError(
            "The answer has more rows than its limit, so some tenants would be missing.", code="too_many_rows"
        )
    id_type = language.directory.id_type if language.directory else "text"
    found: dict[TypedId, list[Row]] = {one: [] for one in ids}
    foreign = 0
    for row in rows.rows:
        own = found.get(_id(row.get(column), id_type))
        if own is None:
            foreign += 1
        else:
            own.append(row)
    if foreign:
        stopped = (
            "Stopped: the source returned rows of tenants it was not asked for. The reviewers have been told."
        )
        return Answer(query, {}, stopped, "tenant_leak", foreign)
    return Answer(query, {one: tuple(own) for one, own in found.items()})


def _id(value: Any, id_type: str) -> TypedId:
    if isinstance(value, bytes) and id_type in UUIDS and len(value) == 16:
        return UUID(bytes=value)
    found = typed(as_text(value).strip(), id_type) if value is not None else None
    return "" if found is None else found

"""Reads the sections of panels beside each other: the page costs the slowest source, and one dead source costs only its sections.

No Django here: sources are asked from their own threads, which must never touch the console's database.
"""

import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from tenants.cells import Cell
from tenants.identity import TypedId, belongs
from tenants.language.shapes import Language, Panel, Question, Section
from tenants.records import Record, records, sort_key
from tenants.sources.base import Asked, Params, Rows, SourceError, TimedOut, spell
from tenants.sources.opening import open_source
from tenants.values import dig

logger = structlog.get_logger(__name__)
GRACE_SECONDS = 0.25  # above a section's own limit, for the way there and back


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a section shows nothing: a sentence for the page, a code for the log. A leak says how many rows were foreign."""

    code: str
    sentence: str
    source: str
    leaked: int = 0


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section as it was answered; `missing` are the streams of a timeline that did not.

    `records` keep the raw values for conditions; only their cells ever leave.
    """

    panel: Panel
    section: Section
    records: tuple[Record, ...] = ()
    truncated: bool = False
    failure: Failure | None = None
    missing: tuple[Failure, ...] = ()
    as_of: datetime = field(default_factory=lambda: datetime.now(UTC))
    milliseconds: int = 0

    @property
    def rows(self) -> list[dict[str, Cell]]:
        return [record.cells for record in self.records]


class Leak(SourceError):
    """A row named another tenant."""

    code = "tenant_leak"

    def __init__(self, count: int) -> None:
        super().__init__(
            "This section was stopped: the source returned rows of another tenant. The reviewers have been told."
        )
        self.count = count


@dataclass(slots=True)
class _Job:
    asked: Asked
    wanted: TypedId
    started: float = field(default_factory=time.monotonic)
    future: "Future[Rows] | None" = None
    error: SourceError | None = None


def read_sections(
    language: Language,
    wanted: Sequence[tuple[Panel, Section]],
    params: Params,
    *,
    at_most: int = 500,
    whole: frozenset[str] = frozenset(),
) -> list[SectionResult]:
    """Every section, in the order asked for; never raises for what a source does.

    Rows are capped at the section's limit and `at_most`; the kinds in `whole` at the section's limit only.
    """
    most = [s.limit if s.kind in whole else min(s.limit, at_most) for _, s in wanted]
    jobs = [
        [_job(language, section, ask, params, limit) for ask in section.asks]
        for (_, section), limit in zip(wanted, most, strict=True)
    ]
    _start(language, [job for own in jobs for job in own], params)
    return [
        _finish(language, panel, section, own, most=limit)
        for (panel, section), own, limit in zip(wanted, jobs, most, strict=True)
    ]


def read_question(language: Language, ask: Question, params: Params, *, limit: int) -> Rows:
    """Return the rows of one question that belongs to no panel, each the tenant's own. Raises `SourceError`, `Leak`."""
    job = _Job(Asked(ask, language.sources[ask.source].timeout_seconds, limit), params.tenant)
    _start(language, [job], params)
    rows = _answer(job)
    _stop_leaks(job, rows)
    return rows


def _job(language: Language, section: Section, ask: Question, params: Params, limit: int) -> _Job:
    timeout = section.timeout_seconds or language.sources[ask.source].timeout_seconds
    return _Job(Asked(ask, timeout, limit), params.slug if ask.tenant_by == "slug" else params.tenant)


def _start(language: Language, jobs: list[_Job], params: Params) -> None:
    """Ask every source for all that is wanted of it at once."""
    for name in {job.asked.ask.source for job in jobs}:
        own = [job for job in jobs if job.asked.ask.source == name]
        try:
            futures = open_source(language.sources[name]).submit_all([job.asked for job in own], params)
        except SourceError as error:
            for job in own:
                job.error = error
            continue
        for job, future in zip(own, futures, strict=True):
            job.future = future


def _finish(
    language: Language, panel: Panel, section: Section, jobs: list[_Job], *, most: int
) -> SectionResult:
    """What the questions of a section answered together. A leak stops all of it; a stream that fails is missing from the rest."""
    found: list[Record] = []
    missing: list[Failure] = []
    truncated = False
    for job in jobs:
        try:
            rows = _answer(job)
            _stop_leaks(job, rows)
        except SourceError as error:
            failure = _failure(job, error)
            if failure.leaked or len(jobs) == 1:
                return SectionResult(panel, section, failure=failure, milliseconds=_slowest(jobs))
            missing.append(failure)
            continue
        found += records(section, rows.rows, language.glossary)
        truncated = truncated or rows.truncated
    if section.kind == "timeline":
        found.sort(key=lambda r: sort_key(r, "at"), reverse=True)
        truncated, found = truncated or len(found) > most, found[:most]
    elif section.sort:
        found.sort(key=lambda r: sort_key(r, section.sort.lstrip("-")), reverse=section.sort.startswith("-"))
    return SectionResult(
        panel, section, tuple(found), truncated, missing=tuple(missing), milliseconds=_slowest(jobs)
    )


def _failure(job: _Job, error: SourceError) -> Failure:
    sentence = f"{job.asked.ask.title}: {error.sentence}" if job.asked.ask.title else error.sentence
    return Failure(error.code, sentence, job.asked.ask.source, error.count if isinstance(error, Leak) else 0)


def _answer(job: _Job) -> Rows:
    if job.error or job.future is None:
        raise job.error or TimedOut("The source was not asked.")
    left = job.started + job.asked.timeout + GRACE_SECONDS - time.monotonic()
    try:
        error = job.future.exception(timeout=max(left, 0))
    except (FutureTimeout, CancelledError):
        job.future.cancel()
        raise TimedOut(f"{job.asked.ask.source} did not answer within {spell(job.asked.timeout)}.") from None
    if error is None:
        return job.future.result()
    if isinstance(error, SourceError):
        raise error
    logger.error(
        "a source failed in a way of its own", source=job.asked.ask.source, kind=type(error).__name__
    )
    raise SourceError(f"{job.asked.ask.source} could not answer this section.")


def _stop_leaks(job: _Job, rows: Rows) -> None:
    column = job.asked.ask.tenant_column
    if rows.rows and "." not in column and column not in rows.columns:
        raise SourceError(
            f"The query does not return its tenant column {column}, so nothing is shown.",
            code="no_tenant_column",
        )
    foreign = sum(
        not belongs(dig(row, column) if "." in column else row.get(column), job.wanted) for row in rows.rows
    )
    if foreign:
        raise Leak(foreign)


def _slowest(jobs: list[_Job]) -> int:
    return round((time.monotonic() - min((job.started for job in jobs), default=time.monotonic())) * 1000)

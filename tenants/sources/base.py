"""What every kind of source has in common: the question, the rows, and one plain sentence for everything that can go wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from tenants.identity import BytesUUID
from tenants.language.shapes import Question

Row = Mapping[str, Any]
_QUOTED = re.compile(r"[\"'`]([^\"'`]+)[\"'`]|no such (?:table|column|function): (\S+)")


@dataclass(frozen=True, slots=True)
class Params:
    """What a question is asked with: the tenant's external id in its own type, and its slug; or the ids of many tenants."""

    tenant: UUID | int | str
    slug: str
    tenants: tuple[UUID | int | str, ...] = ()

    def named(self) -> dict[str, Any]:
        return {
            "tenant": _bound(self.tenant),
            "slug": self.slug,
            "tenants": [_bound(t) for t in self.tenants],
        }

    def written(self) -> dict[str, Any]:
        """The same for engines without a type for UUIDs."""
        return {name: _written(value) for name, value in self.named().items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a source answered, at most as many rows as were asked for; truncated when there were more."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its own limits: seconds, and rows."""

    ask: Question
    timeout: float
    limit: int


@runtime_checkable
class AsksTogether(Protocol):
    """An engine that answers many questions in one round trip."""

    def together(self, asked: Sequence[Asked], params: Params) -> list[Rows | None]:
        """The answers, None for a question that has to be asked by itself; never raises for what the source does."""


class Engine(Protocol):
    """One read-only source. Every method raises `SourceError` and nothing else for what the source does wrong."""

    def rows(self, ask: Question, params: Params, *, timeout: float, limit: int) -> Rows:
        """At most `limit` rows within `timeout` seconds."""

    def pages(self, ask: Question, *, timeout: float, size: int) -> Iterator[tuple[Row, ...]]:
        """All rows of a question without a tenant, `size` at a time."""

    def columns(self, ask: Question, params: Params) -> tuple[str, ...]:
        """The names of the result's columns without reading rows; empty where the source cannot tell."""

    def why_refused(self) -> str:
        """Why this source may not be used, such as a role that can write; empty when all is well."""

    def close(self) -> None:
        """Give back every connection."""


class SourceError(Exception):
    """A source did not answer. `sentence` is fit for the page: no SQL, no value, no address. `down` counts for the breaker.

    `detail` is what the database said of its query, `place` the character and `line` the line that it points at (from 0), for
    the one who writes the policy and nobody else.
    """

    code = "source_failed"
    down = False
    detail = ""
    place = 0
    line = 0

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.code

    def told(self, detail: str, place: int = 0) -> "SourceError":
        """The same failure with the database's own words about the query."""
        self.detail, self.place = " ".join(detail.split())[:300], place
        return self


class Unreachable(SourceError):
    code = "source_unreachable"
    down = True


class TimedOut(SourceError):
    code = "source_timed_out"
    down = True


class Resting(SourceError):
    """The breaker is open: the source failed and is not asked for a while."""

    code = "source_resting"


class QueryFailed(SourceError):
    code = "query_failed"


class TooLarge(SourceError):
    code = "answer_too_large"


class Writable(SourceError):
    code = "source_writable"


def line_told(text: str, detail: str) -> int:
    """The line of a query, from 0, that a database's words are about: the one they number, else the first with a word they quote."""
    numbered = re.search(r"at line (\d+)", detail)
    if numbered:
        return int(numbered.group(1)) - 1
    for word in (w.rpartition(".")[2] for pair in _QUOTED.findall(detail) for w in pair if w):
        for number, line in enumerate(text.split("\n")):
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line):
                return number
    return 0


def _bound(value: Any) -> Any:
    return value.bytes if isinstance(value, BytesUUID) else value


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(item) for item in value]
    return str(value) if isinstance(value, UUID) else value


def spell(seconds: float) -> str:
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"

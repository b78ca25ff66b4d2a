"""What every kind of source has in common: the question, the rows, and one plain sentence for everything that can go wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from tenants.language.shapes import Question

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Params:
    """What a question is asked with: the tenant's external id in its own type, and its slug; or the ids of many tenants."""

    tenant: UUID | int | str
    slug: str
    tenants: tuple[UUID | int | str, ...] = ()

    def named(self) -> dict[str, Any]:
        return {"tenant": self.tenant, "slug": self.slug, "tenants": list(self.tenants)}

    def written(self) -> dict[str, Any]:
        """The same for engines without a type for UUIDs."""
        return {name: _written(value) for name, value in self.named().items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a source answered, at most as many rows as were asked for; truncated when there were more."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: bool = False


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
    """A source did not answer. `sentence` is fit for the page: no SQL, no value, no address. `down` counts for the breaker."""

    code = "source_failed"
    down = False

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.code


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


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(item) for item in value]
    return str(value) if isinstance(value, UUID) else value


def spell(seconds: float) -> str:
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"

"""What a page shows, as frozen dataclasses; templates and the API read nothing else."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from accounts.queries import Authority
from tenants.cells import Cell
from tenants.checking import Disagreement
from tenants.language.shapes import AREAS, Column, Panel, Section
from tenants.models import Tenant
from tenants.reading import SectionResult
from tenants.records import Record
from tenants.saying import Age, Sentence, age_of

SALT = "tenants.row"


class CellView(NamedTuple):
    """One cell under its column; a page has hundreds, and a tuple is made in a third of a dataclass's time."""

    column: Column
    cell: Cell

    @property
    def can_be_revealed(self) -> bool:
        return bool(self.column.reveal) and self.cell.masked


@dataclass(frozen=True, slots=True)
class RowView:
    """One row: `token` finds it again for a reveal, without telling anything of it."""

    token: str
    cells: tuple[CellView, ...]

    def get(self, key: str) -> Cell | None:
        return next((c.cell for c in self.cells if c.column.key == key), None)


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section as it is shown; `failure` is the sentence instead of rows, `missing` what the rows are without."""

    section: Section
    columns: tuple[Column, ...]
    rows: tuple[RowView, ...]
    truncated: bool
    failure: str
    failure_code: str
    as_of: datetime
    age: Age | None
    missing: str = ""

    @property
    def cut(self) -> bool:
        """Whether the reader is to know of more rows: not where the bundle asks for the first one only."""
        return self.truncated and self.section.limit > 1

    @property
    def kept(self) -> str:
        """How long the product keeps such rows, where the bundle says so."""
        kept = self.section.kept_days
        return f"The product keeps {kept} days: what is older is no longer there." if kept else ""

    @property
    def empty(self) -> str:
        """What to say when there are no rows: never more than the product can know."""
        if self.section.not_recorded:
            return self.section.not_recorded
        return f"{self.section.empty} {self.kept}".strip()


@dataclass(frozen=True, slots=True)
class PanelView:
    """One panel with its answer, or without authority its title, its question and the scope to ask for."""

    panel: Panel
    authority: Authority | None
    sections: tuple[SectionView, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaView:
    key: str
    title: str
    panels: tuple[PanelView, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A tenant page or a panel page."""

    tenant: Tenant
    areas: tuple[AreaView, ...]
    strip: tuple[Sentence, ...]
    disagreements: tuple[Disagreement, ...]
    as_of: datetime
    policy_version: str
    ticket: str

    @property
    def panels(self) -> tuple[PanelView, ...]:
        return tuple(p for area in self.areas for p in area.panels)

    @property
    def only(self) -> PanelView:
        """The panel of a panel page."""
        return self.panels[0]


def row_token(record: Record, section: Section) -> str:
    """A keyed fingerprint of a row's declared values: the same row gives the same token, and nobody can read it back."""
    whole = json.dumps(record.raw, default=str, sort_keys=True)
    return salted_hmac(SALT, f"{section.key}:{whole}", algorithm="sha256").hexdigest()[:32]


def section_view(result: SectionResult, now: datetime) -> SectionView:
    columns = tuple(c for c in result.section.columns if c.show)
    missing = " ".join(failure.sentence for failure in result.missing)
    failed = result.failure.sentence if result.failure else "" if result.records else missing
    reveals = any(c.reveal for c in columns)
    return SectionView(
        section=result.section,
        columns=columns,
        rows=tuple(_row_view(record, result.section, columns, reveals) for record in result.records),
        truncated=result.truncated,
        failure=failed,
        failure_code=(result.failure or result.missing[0]).code if failed else "",
        as_of=result.as_of,
        age=age_of(result, now),
        missing="" if failed else missing,
    )


def _row_view(record: Record, section: Section, columns: Iterable[Column], reveals: bool) -> RowView:
    cells = tuple([CellView(c, record.cells[c.key]) for c in columns])
    found_again = reveals and any(c.can_be_revealed for c in cells)
    return RowView(row_token(record, section) if found_again else "", cells)


def areas_of(panels: Sequence[PanelView]) -> tuple[AreaView, ...]:
    """The panels by area, in the order of the page; an area without a panel is left out."""
    found = [
        AreaView(key, title, tuple(p for p in panels if p.panel.area == key)) for key, title in AREAS.items()
    ]
    return tuple(a for a in found if a.panels)

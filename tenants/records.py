"""Rows of a source with their cells beside them. Raw values stay inside, for conditions and order; cells are what leaves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tenants.cells import NOTHING, Cell
from tenants.formats import cell, cell_of, moment, read
from tenants.language.shapes import Column, Glossary, Section
from tenants.values import Row, Unreadable


@dataclass(frozen=True, slots=True)
class Record:
    """One row: `raw` by column key (never shown), `cells` for the columns that are shown, `whole` for its fingerprint."""

    raw: dict[str, Any] = field(repr=False)
    cells: dict[str, Cell]
    hidden: dict[str, Cell] = field(default_factory=dict)
    whole: Row = field(default_factory=dict, repr=False)

    def cell(self, key: str) -> Cell:
        return self.cells.get(key) or self.hidden.get(key) or NOTHING


def records(section: Section, rows: Iterable[Row], glossary: Glossary) -> list[Record]:
    """Every row of a section as a record. Columns that are not declared are dropped here."""
    return [_record(section.columns, row, glossary) for row in rows]


def _record(columns: tuple[Column, ...], row: Row, glossary: Glossary) -> Record:
    values = [(column, read(column, row)) for column in columns]
    raw = {column.key: _raw(column, value, row) for column, value in values}
    known = {**row, **raw}
    shown: dict[str, Cell] = {}
    hidden: dict[str, Cell] = {}
    for column, value in values:
        (shown if column.show else hidden)[column.key] = cell_of(column, value, known, glossary)
    return Record(raw, shown, hidden, row)


def clear_cell(record: Record, column: Column, glossary: Glossary) -> Cell:
    """One cell without the mask of its kind; for a reveal that was written down before."""
    return cell(column, record.whole, glossary, known={**record.whole, **record.raw}, clear=True)


def _raw(column: Column, value: Any, row: Row) -> Any:
    """What conditions see: the product's own value, but times and days as their column reads them."""
    if type(value) is Unreadable:
        return None
    return moment(column, value, row) if column.needs_reading else value


def sort_key(record: Record, key: str) -> tuple[bool, float, str]:
    """Order for a column: nothing first, numbers by size, times and text by their written form."""
    found = record.cell(key)
    return (found.value is not None, found.number or 0.0, found.at or str(record.raw.get(key) or ""))

"""What the apps above the log add to an evidence pack: plain tables of what their own rows say (NIST AU-6, AU-12(1))."""

from dataclasses import dataclass, field
from uuid import UUID

MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What the events of a pack point at. Whoever may read these events may read the rows they hang on."""

    cases: frozenset[UUID] = field(default_factory=frozenset)
    requests: frozenset[UUID] = field(default_factory=frozenset)
    grants: frozenset[UUID] = field(default_factory=frozenset)
    sessions: frozenset[UUID] = field(default_factory=frozenset)
    reviews: frozenset[UUID] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a pack. `key` names its file; every cell is text as people read it, times in UTC."""

    key: str
    title: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_wide(self) -> bool:
        """Tell whether a page has no room for all columns side by side."""
        return len(self.columns) > MOST_COLUMNS

    def told(self) -> list[list[tuple[str, str]]]:
        """Return each row as pairs of column and cell, empty cells left out."""
        return [
            [(column, cell) for column, cell in zip(self.columns, row, strict=True) if cell]
            for row in self.rows
        ]

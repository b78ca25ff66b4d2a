"""The rows of the demo product, gathered in memory before they are copied in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import cast
from uuid import UUID

HISTORY_DAYS = 90

Row = tuple[object, ...]


@dataclass
class World:
    """All rows by table; `now` is the moment every other time is counted from."""

    now: datetime
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, **values: object) -> None:
        """Keep one row; every row of a table names the same columns in the same order."""
        names = tuple(values)
        if self.columns.setdefault(table, names) != names:
            raise ValueError(f"{table}: {names} differs from {self.columns[table]}")
        self.rows[table].append(tuple(values.values()))

    def in_order(self, table: str) -> Sequence[Row]:
        """The rows as time would have written them: sorted by `at`, where the table has one."""
        names = self.columns[table]
        if "at" not in names:
            return self.rows[table]
        place = names.index("at")
        return sorted(self.rows[table], key=lambda row: cast("datetime", row[place]))


@dataclass(frozen=True)
class Account:
    """One tenant while its rows are made: who it is, how busy it is, and its own dice."""

    id: UUID
    slug: str
    name: str
    domain: str
    environment: str
    region: str
    weight: float
    rng: Random
    now: datetime

    @property
    def currency(self) -> str:
        return {"eu": "EUR", "us": "USD", "ap": "SGD"}[self.region]

    def new_id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def moment(self, days: float = HISTORY_DAYS) -> datetime:
        """Some time in the last `days` days."""
        return self.now - timedelta(seconds=self.rng.random() * days * 86_400)

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def times(self, for_one_unit: int) -> range:
        """How often a tenant of this weight does what a small tenant does `for_one_unit` times."""
        return range(max(1, round(for_one_unit * self.weight)))

    def token(self, prefix: str) -> str:
        return f"{prefix}{self.rng.getrandbits(160):040x}"

"""What a benchmark returns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement beside what it is held against; `ratio` under 1 is better than that."""

    what: str
    measured: float
    against: float
    unit: str
    note: str = ""

    @property
    def ratio(self) -> float:
        """Measured / against."""
        return self.measured / self.against

"""Consistency checks: two values that should agree, read from sections that were loaded anyway."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenants.cells import Cell
from tenants.conditions import same
from tenants.language.shapes import Check, CheckSide
from tenants.reading import SectionResult
from tenants.records import Record
from tenants.values import Unreadable, as_number


@dataclass(frozen=True, slots=True)
class Side:
    label: str
    value: Cell
    at: Cell | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two values that should agree and do not, both times, and the usual cause."""

    check: Check
    left: Side
    right: Side
    panel: str

    @property
    def sentence(self) -> str:
        return f"{self.check.title}: {_words(self.left)}, {_words(self.right)}." + (
            f" {self.check.cause}" if self.check.cause else ""
        )


def disagreements(results: Iterable[SectionResult]) -> list[Disagreement]:
    """Every check of the loaded panels that does not hold; a side that could not be read says nothing."""
    loaded = {f"{r.panel.key}.{r.section.key}": r for r in results}
    checks = {(r.panel.key, c.key): (r.panel.key, c) for r in loaded.values() for c in r.panel.checks}
    found = [_judge(panel, check, loaded) for panel, check in checks.values()]
    return [d for d in found if d]


def _judge(panel: str, check: Check, loaded: dict[str, SectionResult]) -> Disagreement | None:
    left, right = _first(check.left, loaded), _first(check.right, loaded)
    if left is None or right is None:
        return None
    if _agree(check, left.raw.get(check.left.column), right.raw.get(check.right.column)):
        return None
    return Disagreement(check, _side(check.left, left), _side(check.right, right), panel)


def _first(side: CheckSide, loaded: dict[str, SectionResult]) -> Record | None:
    result = loaded.get(side.section)
    return result.records[0] if result and not result.failure and result.records else None


def _agree(check: Check, left: object, right: object) -> bool:
    if left is None or right is None:
        return check.expect != "equal" or left is right
    if check.expect == "equal":
        return same(left, right)
    try:
        difference = as_number(left) - as_number(right)
    except Unreadable:
        return True
    return difference <= 0 if check.expect == "left_not_over_right" else difference >= 0


def _side(side: CheckSide, record: Record) -> Side:
    return Side(
        side.label, record.cell(side.column), record.cell(side.time_column) if side.time_column else None
    )


def _words(side: Side) -> str:
    at = f" ({side.at.value})" if side.at and side.at.value else ""
    return f"{side.label} says {side.value.spoken}{at}"

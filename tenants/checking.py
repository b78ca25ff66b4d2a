"""Consistency checks: two values that should agree, read from sections that were loaded anyway."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    if _agree(check, left, right):
        return None
    return Disagreement(check, _side(check.left, left), _side(check.right, right), panel)


def _first(side: CheckSide, loaded: dict[str, SectionResult]) -> Record | None:
    result = loaded.get(side.section)
    return result.records[0] if result and not result.failure and result.records else None


def _agree(check: Check, left: Record, right: Record) -> bool:
    """Whether two values agree as they are shown, so that cents fit euros and `T` fits `price_2` where both mean Team."""
    one, other = left.raw.get(check.left.column), right.raw.get(check.right.column)
    if one is None or other is None:
        return check.expect != "equal" or one is other
    seen, seen_too = left.cell(check.left.column), right.cell(check.right.column)
    if check.expect == "equal":
        return _equal(one, seen, other, seen_too)
    if not _one_currency(seen, seen_too):
        return False
    try:
        difference = _size(one, seen) - _size(other, seen_too)
    except Unreadable:
        return True
    return difference <= 0 if check.expect == "left_not_over_right" else difference >= 0


def _equal(one: Any, seen: Cell, other: Any, seen_too: Cell) -> bool:
    if seen.masked or seen_too.masked:
        return same(one, other)
    if seen.at and seen_too.at:
        return seen.at == seen_too.at
    if seen.number is not None and seen_too.number is not None:
        return seen.number == seen_too.number and _one_currency(seen, seen_too)
    return same(one, other) or seen.spoken == seen_too.spoken


def _size(value: Any, seen: Cell) -> Decimal:
    return as_number(value if seen.number is None else seen.number)


def _one_currency(seen: Cell, seen_too: Cell) -> bool:
    return not (seen.currency and seen_too.currency) or seen.currency == seen_too.currency


def _side(side: CheckSide, record: Record) -> Side:
    return Side(
        side.label, record.cell(side.column), record.cell(side.time_column) if side.time_column else None
    )


def _words(side: Side) -> str:
    at = f" ({side.at.value})" if side.at and side.at.value else ""
    return f"{side.label} says {side.value.spoken}{at}"

"""Whether a condition of the bundle holds on a row. Pure; a value that cannot be compared makes a condition not hold."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tenants.language.shapes import Condition, Test
from tenants.values import Row, Unreadable, as_number, as_text, as_time


def holds(condition: Condition, row: Row, now: datetime | None = None) -> bool:
    """True when every test of the condition holds on the row's raw values."""
    value = row.get(condition.column)
    return all(_test(test, value, row, now or datetime.now(UTC)) for test in condition.tests)


def count_holds(condition: Condition, rows: Sequence[Row]) -> bool:
    """True when a condition without column holds: `empty = true` asks for no rows, `empty = false` for some."""
    return all(bool(test.value) == (not rows) for test in condition.tests if test.name == "empty")


def _test(test: Test, value: Any, row: Row, now: datetime) -> bool:
    if test.name == "empty":
        return bool(test.value) == (value is None or value in ("", [], {}))
    if test.name in ("is", "is_not"):
        return any(same(value, wanted) for wanted in _many(test.value)) == (test.name == "is")
    if test.name == "differs_from":
        return not same(value, row.get(str(test.value)))
    if value is None:
        return False
    if isinstance(test.value, re.Pattern):
        return bool(test.value.search(as_text(value)))
    return _age(test, value, now) if test.name.endswith("_minutes") else _compare(test, value, row)


def _many(value: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def same(value: Any, wanted: Any) -> bool:
    """Equal as a person reads them: 1 and "1" are the same, true and "true", 1.0 and 1."""
    if value is None or wanted is None:
        return value is wanted
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            return as_number(value) == as_number(wanted)
        except Unreadable:
            return False
    return as_text(value).strip() == as_text(wanted).strip()


def _age(test: Test, value: Any, now: datetime) -> bool:
    try:
        age = now - as_time(value)
    except Unreadable:
        return False
    limit = timedelta(minutes=float(str(test.value)))
    return age > limit if test.name == "older_than_minutes" else age < limit


def _compare(test: Test, value: Any, row: Row) -> bool:
    other = row.get(str(test.value)) if test.name.endswith("_column") else test.value
    try:
        left, right = as_number(value), as_number(other)
    except Unreadable:
        return False
    return left > right if test.name.startswith("over") else left < right

"""Conditions of the bundle: `when = { column = "status", is = ["failed"] }`, or a list of them that must all hold."""

import re
from typing import Any

from tenants.language.reader import Reader, closest
from tenants.language.shapes import Condition, Test

TESTS = (
    "is",
    "is_not",
    "over",
    "under",
    "over_column",
    "under_column",
    "differs_from",
    "matches",
    "empty",
    "older_than_minutes",
    "newer_than_minutes",
)
_COLUMN_TESTS = ("over_column", "under_column", "differs_from")
_NUMBER_TESTS = ("over", "under", "older_than_minutes", "newer_than_minutes")
EXAMPLE = 'write when = { column = "status", is = ["failed"] }'


def parse_when(reader: Reader, columns: frozenset[str], key: str = "when") -> tuple[Condition, ...]:
    """Every condition below a key; all of them must hold. None where the key is left out."""
    value = reader.any(key)
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in items):
        reader.mistake(key, f"{key} is not a condition", EXAMPLE)
        return ()
    return tuple(_condition(reader, key, item, columns) for item in items)


def _condition(reader: Reader, key: str, item: dict[str, Any], columns: frozenset[str]) -> Condition:
    column = item.get("column", "")
    if column and column not in columns:
        reader.mistake(
            key,
            f"{key} names the column {column}, which is not declared",
            closest(str(column), sorted(columns)),
        )
    tests = {name: value for name, value in item.items() if name != "column"}
    for name in tests:
        if name not in TESTS:
            reader.mistake(key, f"{name} is no test of a condition", closest(name, TESTS))
    if not tests:
        reader.mistake(key, f"{key} tests nothing", EXAMPLE)
    if not column and set(tests) - {"empty"}:
        reader.mistake(key, f"{key} does not name its column", EXAMPLE)
    return Condition(
        str(column), tuple(_test(reader, key, name, tests[name], columns) for name in tests if name in TESTS)
    )


def _test(reader: Reader, key: str, name: str, value: Any, columns: frozenset[str]) -> Test:
    if name in ("is", "is_not"):
        return Test(name, tuple(value) if isinstance(value, list) else (value,))
    if name in _COLUMN_TESTS and value not in columns:
        reader.mistake(
            key,
            f"{name} names the column {value}, which is not declared",
            closest(str(value), sorted(columns)),
        )
    if name in _NUMBER_TESTS and (isinstance(value, bool) or not isinstance(value, int | float)):
        reader.mistake(key, f"{name} is not a number", f"write {name} = 5, without quotes")
        return Test(name, 0)
    if name == "empty" and not isinstance(value, bool):
        reader.mistake(key, "empty is not true or false", "write empty = true")
    if name == "matches":
        return Test(name, compiled(reader, key, str(value)))
    return Test(name, value)


def compiled(reader: Reader, key: str, text: str) -> re.Pattern[str]:
    """A regular expression of the bundle; one that is broken is a mistake and matches nothing."""
    try:
        return re.compile(text)
    except re.error as error:
        reader.mistake(
            key,
            f"the pattern {text!r} is not a regular expression: {error}",
            "put it in single quotes and escape with one backslash",
        )
        return re.compile(r"(?!)")

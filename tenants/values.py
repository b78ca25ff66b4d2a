"""Raw values of any engine, read the same way: JSON wherever it is kept, times in every shape, lists, numbers."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Row = Mapping[str, Any]
_COUNTED = re.compile(r"^-?\d+(?:\.\d+)?$")
_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"]+)', re.DOTALL)  # of an array as PostgreSQL writes it


class JsonText(str):
    """The text of a column that the database itself declares as JSON."""

    __slots__ = ()


class Unreadable(ValueError):
    """A value that is there and is not what its column says; the sentence is fit for the page and names no value."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def as_text(value: Any) -> str:
    """Any value as text; bytes that are no text are counted, not shown, but sixteen of them are a UUID."""
    if type(value) is str:
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return str(UUID(bytes=raw)) if len(raw) == 16 else f"{len(raw)} bytes of data"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def is_structure(value: Any) -> bool:
    """Whether a value is JSON with names in it, as the database or the API declares it; a text that only looks so is a text."""
    if isinstance(value, JsonText):
        return value.lstrip().startswith("{") or ("{" in value and value.lstrip().startswith("["))
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(is_structure, value)))


def as_json(value: Any) -> Any:
    """The structure behind a JSON column, whether it is kept as jsonb, json, text or bytes."""
    if not isinstance(value, str | bytes | bytearray | memoryview):
        return value
    text = bytes(value) if isinstance(value, memoryview) else value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("This is not valid JSON in the product.") from None


def dig(value: Any, path: str) -> Any:
    """What stands at a dotted path such as `limits.seats` or `items.0.name`; None where nothing stands."""
    current = as_json(value)
    for part in path.split("."):
        if isinstance(current, str):
            current = _inner(current)
        if isinstance(current, Mapping):
            current = current.get(part)
        elif isinstance(current, list) and part.isdigit():
            current = current[int(part)] if int(part) < len(current) else None
        else:
            return None
    return current


def _inner(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def as_number(value: Any) -> Decimal:
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise Unreadable("This is not a number in the product.")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Unreadable("This is not a number in the product.") from None
    if not number.is_finite():
        raise Unreadable("This is not a number in the product.")
    return number


def as_time(value: Any, *, zone: str = "UTC", pattern: str = "", unit: str = "") -> datetime:
    """An aware UTC time: aware and naive times (in `zone`), dates, ISO text, text in `pattern`, and counts since 1970 (`unit`)."""
    try:
        found = _time(value, pattern, unit)
    except (ValueError, OverflowError, TypeError, OSError):
        raise Unreadable("This is not a time in the product.") from None
    try:
        aware = found.replace(tzinfo=zone_of(zone)) if found.tzinfo is None else found
        return aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return found.replace(tzinfo=UTC)


def _time(value: Any, pattern: str, unit: str) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = as_text(value).strip()
    if isinstance(value, int | float | Decimal) or (unit and _COUNTED.match(text)):
        divisor = {"milliseconds": 1_000, "microseconds": 1_000_000}.get(unit, 1)
        return datetime.fromtimestamp(float(text) / divisor, UTC)
    return datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007


def as_date(value: Any, *, zone: str = "UTC", pattern: str = "", unit: str = "") -> date:
    """A calendar day as the product wrote it; times are read in `zone` first."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        found = _time(value, pattern, unit)
    except (ValueError, OverflowError, TypeError, OSError):
        raise Unreadable("This is not a date in the product.") from None
    return found.astimezone(zone_of(zone)).date() if found.tzinfo else found.date()


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC where the product names one that does not exist."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def as_seconds(value: Any, unit: str = "") -> float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    factor = {"milliseconds": 0.001, "minutes": 60, "hours": 3_600, "days": 86_400}.get(unit, 1)
    return float(as_number(value)) * factor


def as_list(value: Any, separator: str = ",") -> list[str]:
    """The items of a list: an array, JSON, `{a,b}` as PostgreSQL writes it, or text with separators."""
    if isinstance(value, list | tuple | set | frozenset):
        return [as_text(item) for item in value if item is not None]
    text = as_text(value).strip()
    if text.startswith("["):
        parsed = _inner(text)
        if isinstance(parsed, list):
            return [as_text(item) for item in parsed if item is not None]
    if text.startswith("{") and text.endswith("}"):
        found = (_array_item(m) for m in _ITEM.finditer(text))
        return [item for item in found if item is not None]
    return [item.strip().strip('"') for item in text.split(separator) if item.strip()]


def _array_item(match: re.Match[str]) -> str | None:
    quoted, plain = match.groups()
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
    word = str(plain).strip()
    return None if word.upper() == "NULL" else word or None


def as_flag(value: Any) -> bool:
    """Yes or no, however the product writes it."""
    if isinstance(value, bool | int | float | Decimal):
        return bool(value)
    if isinstance(value, bytes | bytearray | memoryview) and len(bytes(value)) == 1:
        return bytes(value) not in (b"\x00", b"0")
    word = as_text(value).strip().lower()
    if word in ("1", "t", "true", "y", "yes", "on", "enabled", "active"):
        return True
    if word in ("", "0", "f", "false", "n", "no", "off", "disabled", "inactive", "null", "none"):
        return False
    raise Unreadable("This is neither yes nor no in the product.")

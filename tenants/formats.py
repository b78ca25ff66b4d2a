"""From a raw value to a cell: the column's format first, then the veil of `masking`, which nothing goes round."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from tenants.cells import NOTHING, Cell
from tenants.conditions import holds
from tenants.language.shapes import Column, Glossary, Kind
from tenants.masking import veil
from tenants.values import (
    Row,
    Unreadable,
    as_date,
    as_flag,
    as_json,
    as_list,
    as_number,
    as_seconds,
    as_text,
    as_time,
    dig,
    is_structure,
)

NOT_IN_GLOSSARY = "not in the glossary"
LOOKED_AT = 20_000  # characters of one value that are searched for secrets; the rest is never shown
LONGEST = 2_000  # characters of one value on a page
_DECIMALS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "XAF": 0,
    "XOF": 0,
    "BHD": 3,
    "KWD": 3,
    "JOD": 3,
    "TND": 3,
    "OMR": 3,
}
_DAYS = ("time", "date")
_ZERO_DATE = "0000-00-00"  # how MySQL writes that there is none
_BYTES = {"kilobytes": 1_000, "megabytes": 1_000_000, "gigabytes": 1_000_000_000}


def read(column: Column, row: Row) -> Any:
    """Return what the product holds for a column: a column of the result, or a path inside it; an `Unreadable` where it cannot be read."""
    if column.origin and not (column.path or column.translated) and column.format not in _DAYS:
        return row.get(column.origin)
    try:
        return _raw_value(column, row)
    except Unreadable as error:
        return error


def _raw_value(column: Column, row: Row) -> Any:
    value = row.get(column.origin) if column.origin else dict(row)
    if column.path and value is not None:
        value = dig(value, column.path)
    if column.translated and value is not None:
        return _translated(value, column.translated)
    if column.format in _DAYS and isinstance(value, str) and value.startswith(_ZERO_DATE):
        return None
    return value


def _translated(value: Any, languages: tuple[str, ...]) -> Any:
    """The name in the first language that it has; a name that is no JSON was never translated."""
    text = as_text(value)
    if not text.lstrip().startswith(("{", "[", '"')):
        return value
    words = as_json(value)
    if not isinstance(words, Mapping):
        return words
    return next((words[name] for name in languages if words.get(name)), next(iter(words.values()), None))


def kind_of(column: Column, known: Row) -> Kind:
    """The column's kind on this row: its first rule that holds, else its own."""
    for rule in column.rules:
        if all(holds(condition, known) for condition in rule.when):
            return rule.kind
    return column.kind


def cell(
    column: Column, row: Row, glossary: Glossary, *, known: Row | None = None, clear: bool = False
) -> Cell:
    """One cell of a row; `known` adds the values of the other columns by key.

    With `clear` a personal value is not masked by kind; what is recognised by its value stays blanked.
    """
    return cell_of(column, read(column, row), row if known is None else known, glossary, clear=clear)


def cell_of(column: Column, value: Any, known: Row, glossary: Glossary, *, clear: bool = False) -> Cell:
    """One cell from what `read` returned; `known` is the row with the values of all its columns by key."""
    kind = kind_of(column, known) if column.rules else column.kind
    if kind == "personal" and clear:
        kind = "public"
    if type(value) is Unreadable:
        return _unreadable(value.sentence)
    try:
        if kind == "secret":
            return _veiled(as_text(value) if value not in (None, "") else None, kind, column)
        if value is None or value == "":
            return NOTHING
        return _FORMATS[column.format](column, value, known, glossary, kind)
    except Unreadable as error:
        return _unreadable(error.sentence)
    except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError):
        return _unreadable("This value does not fit its column.")


def _unreadable(sentence: str) -> Cell:
    return Cell("cannot be read", meaning=sentence, tone="notice")


def _veiled(text: str | None, kind: Kind, column: Column, **more: Any) -> Cell:
    seen = veil(text[:LOOKED_AT] if text else text, kind, column.mask)
    if seen is None:
        return NOTHING
    shown, masked = seen
    if len(shown) > LONGEST:
        shown = shown[:LONGEST] + "…"
    return Cell(shown, masked=True) if masked else Cell(shown, **more)


def _text(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    if type(value) is not str and not column.path and is_structure(value):
        raise Unreadable("This is JSON, and the policy names no path in it.")
    return _veiled(as_text(value), kind, column)


def _number(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    number = as_number(value)
    if kind == "public" and abs(number) >= Decimal(10) ** 12:
        return _veiled(as_text(value), kind, column)
    text = f"{number:,.{column.decimals}f}" if column.decimals is not None else f"{number.normalize():,f}"
    return _veiled(text, kind, column, number=float(number))


def _money(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    currency = column.currency_is or as_text(row.get(column.currency) or "").strip().upper()
    places = column.minor_units if column.minor_units is not None else _DECIMALS.get(currency, 2)
    amount = as_number(value)
    if column.unit != "major":
        amount = amount.scaleb(-places)
    text = f"{_unrounded(amount, places)} {currency or '(no currency)'}"
    return _veiled(text, kind, column, number=float(amount), currency=currency)


def _unrounded(amount: Decimal, places: int) -> str:
    """At least the currency's own decimals; more where the product keeps more, up to eight."""
    kept = -int(round(amount, 8).normalize().as_tuple().exponent)
    return f"{amount:,.{max(places, min(kept, 8))}f}"


def _bytes(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    size = float(as_number(value)) * _BYTES.get(column.unit, 1)
    for name, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(size) >= factor:
            return _veiled(f"{size / factor:.1f} {name}", kind, column, number=size)
    return _veiled(f"{size:.0f} bytes", kind, column, number=size)


def _duration(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    seconds = as_seconds(value, column.unit)
    return _veiled(spell_seconds(seconds), kind, column, number=seconds)


def spell_seconds(seconds: float) -> str:
    """A length of time in its two largest units: `2 h 5 min`."""
    sign, left = ("−" if seconds < 0 else ""), abs(seconds)
    if left < 1:
        return f"{sign}{left * 1000:.0f} ms" if left else "0 s"
    parts: list[tuple[int, str]] = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or parts:
            parts.append((int(count), name))
    return sign + " ".join(f"{count} {name}" for count, name in parts[:2] if count)


def moment(column: Column, value: Any, row: Row) -> Any:
    """A time or day as its column's zone, pattern and unit read it; what they cannot read stays as it is."""
    try:
        return _when(column, value, row) if value not in (None, "") else value
    except Unreadable:
        return value


def _when(column: Column, value: Any, row: Row) -> datetime | date:
    zone = as_text(row.get(column.zone_column) or "UTC") if column.zone_column else column.zone
    read = as_time if column.format == "time" else as_date
    return read(value, zone=zone, pattern=column.pattern, unit=column.unit)


def _time(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    at = _when(column, value, row).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _veiled(f"{at[:10]} {at[11:16]} UTC", kind, column, at=at)


def _date(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    return _veiled(_when(column, value, row).isoformat(), kind, column)


def _status(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    code = as_text(value).strip()
    word = glossary.word(column.glossary, code)
    if word is None:
        return _veiled(code, kind, column, meaning=NOT_IN_GLOSSARY, tone="neutral")
    return _veiled(code, kind, column, meaning=word.meaning, tone=word.tone, word=word.word)


def _yesno(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    return _veiled(column.yes if as_flag(value) else column.no, kind, column)


def _json(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    structure = as_json(value)
    found = [(path, dig(structure, path)) for path in column.paths]
    return _items(
        [f"{path}: {as_text(part)}" for path, part in found if part is not None], kind, column, names=True
    )


def _list(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    return _items(as_list(value, column.separator), kind, column)


def _items(items: list[str], kind: Kind, column: Column, *, names: bool = False) -> Cell:
    if not items:
        return NOTHING
    seen = [_item(item, kind, column.mask, names=names) for item in items[:100]]
    more = [f"and {len(items) - 100} more"] if len(items) > 100 else []
    words = tuple([text[:LONGEST] for text, _ in seen] + more)
    return Cell(", ".join(words), masked=any(masked for _, masked in seen), items=words)


def _item(item: str, kind: Kind, mask: str, *, names: bool) -> tuple[str, bool]:
    name, _, value = item.partition(": ") if names and kind == "personal" else ("", "", item)
    seen = veil(value[:LOOKED_AT], kind, mask)
    text, masked = (seen.text, seen.masked) if seen else ("", False)
    return (f"{name}: {text}" if name else text), masked


def _link(column: Column, value: Any, row: Row, glossary: Glossary, kind: Kind) -> Cell:
    text = as_text(value)
    return _veiled(text, kind, column, href=column.link.replace("{value}", quote(text, safe="")))


_FORMATS: dict[str, Callable[[Column, Any, Row, Glossary, Kind], Cell]] = {
    "text": _text,
    "code": _text,
    "number": _number,
    "money": _money,
    "bytes": _bytes,
    "duration": _duration,
    "time": _time,
    "date": _date,
    "status": _status,
    "yesno": _yesno,
    "json": _json,
    "list": _list,
    "link": _link,
}

"""`[[section.column]]`: the declaration without which a value is not shown."""

import re
from typing import cast
from zoneinfo import ZoneInfo

from tenants.language.conditions import parse_when
from tenants.language.reader import Reader
from tenants.language.shapes import FORMATS, KINDS, MASKS, Column, Kind, KindRule

_KIND_MEND = 'write kind = "public", "personal" or "secret": nothing is shown without'
_USED_BY = {
    "currency": ("money",),
    "currency_is": ("money",),
    "minor_units": ("money",),
    "decimals": ("number",),
    "unit": ("money", "bytes", "duration", "time", "date"),
    "zone": ("time", "date"),
    "zone_column": ("time", "date"),
    "pattern": ("time", "date"),
    "glossary": ("status",),
    "yes": ("yesno",),
    "no": ("yesno",),
    "paths": ("json",),
    "separator": ("list",),
    "link": ("link",),
}
_TIME_UNITS = ("", "seconds", "milliseconds", "microseconds")
_UNITS = {
    "time": _TIME_UNITS,
    "date": _TIME_UNITS,
    "duration": ("", "seconds", "milliseconds", "minutes", "hours", "days"),
    "money": ("", "minor", "major"),
    "bytes": ("", "bytes", "kilobytes", "megabytes", "gigabytes"),
}


def parse_columns(section: Reader, scopes: frozenset[str] | None, section_reveal: str) -> tuple[Column, ...]:
    """Every column of a section. A key declared twice is a mistake; a reveal must name a scope of roles.toml."""
    readers = list(section.tables("column"))
    declared = frozenset(key for r in readers if isinstance(key := r.data.get("key"), str))
    columns: dict[str, Column] = {}
    for reader in readers:
        column = _column(reader, declared, section_reveal)
        if column.key in columns:
            reader.mistake("key", f"the column {column.key} is declared twice", "take one of the two out")
        if scopes is not None and column.reveal and column.reveal not in scopes and "reveal" in reader:
            reader.mistake(
                "reveal",
                f"no scope is called {column.reveal}",
                "add it to roles.toml, or name one that stands there",
            )
        if column.key:
            columns[column.key] = column
    return tuple(columns.values())


def _column(reader: Reader, declared: frozenset[str], section_reveal: str) -> Column:
    key = reader.text("key", needed='write key = "…" with the name of a column that the query returns')
    shape = reader.choice("format", FORMATS, "text")
    kind = _kind(reader)
    column = Column(
        key=key,
        label=reader.text("label", key.replace("_", " ").capitalize()),
        kind=kind,
        format=shape,
        origin=reader.text("from", key),
        path=reader.text("path"),
        paths=reader.texts("paths"),
        show=reader.flag("show", True),
        rules=_rules(reader, declared),
        mask=reader.choice("mask", MASKS, "auto"),
        reveal=reader.text("reveal", section_reveal if kind == "personal" else ""),
        currency=reader.text("currency"),
        currency_is=reader.text("currency_is"),
        minor_units=_optional_whole(reader, "minor_units", 4),
        decimals=_optional_whole(reader, "decimals", 8),
        unit=reader.choice("unit", _UNITS.get(shape, ("", "major", "minor")), ""),
        zone=reader.text("zone", "UTC"),
        zone_column=reader.text("zone_column"),
        pattern=reader.text("pattern"),
        glossary=reader.text("glossary"),
        translated=reader.texts("translated"),
        separator=reader.text("separator", ","),
        yes=reader.text("yes", "Yes"),
        no=reader.text("no", "No"),
        link=reader.text("link"),
    )
    _agree(reader, column)
    reader.done()
    return column


def _kind(reader: Reader) -> Kind:
    if "kind" not in reader:
        reader.mistake("", "the column has no kind", _KIND_MEND)
        return "secret"
    return cast("Kind", reader.choice("kind", KINDS, "secret"))


def _optional_whole(reader: Reader, key: str, high: int) -> int | None:
    return reader.whole(key, 2, low=0, high=high) if key in reader else (reader.any(key) and None)


def _rules(reader: Reader, declared: frozenset[str]) -> tuple[KindRule, ...]:
    rules = []
    for rule in reader.tables("rule"):
        if "when" not in rule:
            rule.mistake(
                "", "the rule has no when", "say on which rows it counts, or change the column's kind"
            )
        rules.append(KindRule(parse_when(rule, declared), _kind(rule)))
        rule.done()
    return tuple(rules)


def _agree(reader: Reader, column: Column) -> None:
    """Settings that need each other, or that the format does not use."""
    if column.format == "money" and not (column.currency or column.currency_is):
        reader.mistake(
            "format", "money without a currency", 'add currency = "<column>" or currency_is = "EUR"'
        )
    if column.format == "json" and not column.paths:
        reader.mistake(
            "format",
            "a JSON column without paths",
            'add paths = ["theme", "limits.seats"]: only chosen paths are shown',
        )
    if column.format == "link" and not column.link.startswith("https://"):
        reader.mistake(
            "link", "a link column without its address", 'add link = "https://help.example/tickets/{value}"'
        )
    if column.reveal and column.kind != "personal":
        reader.mistake(
            "reveal", "only a personal column can be revealed", 'take reveal out, or write kind = "personal"'
        )
    for key in reader.data:
        if column.format not in _USED_BY.get(key, (column.format,)):
            fits = " or ".join(f'"{name}"' for name in _USED_BY[key])
            reader.mistake(
                key,
                f"{key} means nothing to the format {column.format}",
                f"write format = {fits}, or take it out",
            )
    if re.fullmatch("[A-Z]{3}", column.currency):
        reader.mistake(
            "currency",
            f'currency = "{column.currency}" names a column of the result',
            f'for one currency in all rows write currency_is = "{column.currency}"',
        )
    try:
        ZoneInfo(column.zone)
    except (KeyError, ValueError, OSError):
        reader.mistake(
            "zone", f'no time zone is called "{column.zone}"', 'use a name such as "UTC" or "Europe/Berlin"'
        )

"""Strict reading of one TOML table: a wrong type is a mistake told with its line, never a value that is bent to fit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from opsconsole.lib.bundle import Document, Problems
from opsconsole.lib.toml_lines import Key


@dataclass
class Table:
    """Reads the keys of one table; what is missing or wrong becomes a problem and the fallback is used instead."""

    document: Document
    problems: Problems
    path: tuple[Key, ...]
    known: set[str] = field(default_factory=set)

    @property
    def values(self) -> dict[str, Any]:
        """Return the raw table, empty where the key path leads to no table."""
        value: Any = self.document.data
        for key in self.path:
            if isinstance(value, list) and isinstance(key, int):
                value = value[key] if key < len(value) else {}
            else:
                value = value.get(key, {}) if isinstance(value, dict) else {}
        return value if isinstance(value, dict) else {}

    def wrong(self, key: str, what: str, mend: str) -> None:
        """Note a mistake at one key of this table."""
        name = ".".join(str(part) for part in (*self.path, key) if part)
        self.problems.add(self.document.path, self.document.line(*self.path, key), f"{name} {what}", mend)

    def whole(self, key: str, *, least: int, most: int, fallback: int) -> int:
        """Return a whole number of `least` to `most`; text, fractions and true or false are mistakes."""
        value = self._get(key)
        if value is None:
            self.wrong(key, "is missing", f"write {key} = {fallback}")
            return fallback
        if type(value) is not int or not least <= value <= most:
            self.wrong(key, f"is {value!r}", f"write a whole number from {least} to {most}, without quotes")
            return fallback
        return value

    def flag(self, key: str, *, fallback: bool) -> bool:
        """Return true or false; the words in quotes are mistakes, a missing key is the fallback."""
        value = self._get(key)
        if value is None:
            return fallback
        if not isinstance(value, bool):
            self.wrong(key, f"is {value!r}", "write true or false, without quotes")
            return fallback
        return value

    def text(self, key: str, *, fallback: str) -> str:
        """Return a text that is not blank."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(
                key, "is missing" if value is None else f"is {value!r}", f"write a text such as {fallback!r}"
            )
            return fallback
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that are not blank."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.wrong(
                key,
                "is missing" if value is None else f"is {value!r}",
                'write a list of texts such as ["need access"]',
            )
            return ()
        return tuple(value)

    def some(self, key: str, known: Iterable[str], *, fallback: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a list with at least one name, all of them known; a missing key is the fallback."""
        value = self._get(key)
        if value is None and fallback:
            return tuple(fallback)
        names = sorted(known)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            example = ", ".join(f'"{name}"' for name in names[:2])
            what = "is missing" if value is None else f"is {value!r}"
            self.wrong(key, what, f"write a list of names such as [{example}]")
            return ()
        for item in value:
            if item not in names:
                self.wrong(key, f"names {item}, which is not known", _mend(item, names))
        return tuple(item for item in dict.fromkeys(value) if item in names)

    def one(self, key: str, known: Iterable[str]) -> str:
        """Return one known name, or an empty text where the key is missing."""
        value = self._get(key)
        if value is None:
            return ""
        names = sorted(known)
        if value not in names:
            self.wrong(key, f"names {value}, which is not known", _mend(str(value), names))
            return ""
        return str(value)

    def refuse_unknown(self, known: Sequence[str] = ()) -> None:
        """Note every key that nobody asked for, with the name that was probably meant."""
        names = sorted(self.known | set(known))
        for key in self.values:
            if key not in names:
                self.wrong(key, "is not known", _mend(key, names))

    def _get(self, key: str) -> Any:
        self.known.add(key)
        return self.values.get(key)


def tables(document: Document, problems: Problems, name: str) -> Iterator[Table]:
    """Yield each table of an array such as `[[preset]]`; anything else under that name is a mistake."""
    value = document.data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        problems.add(document.path, document.line(name), f"{name} is no list of tables", f"write [[{name}]]")
        return
    for number in range(len(value)):
        yield Table(document, problems, (name, number))


def named_tables(document: Document, problems: Problems, name: str) -> Iterator[tuple[str, Table]]:
    """Yield the key and the table of each `[name.<key>]`; anything else under that name is a mistake."""
    root = Table(document, problems, (name,))
    for key, value in root.values.items():
        if isinstance(value, dict):
            yield key, Table(document, problems, (name, key))
        else:
            root.wrong(key, f"is {value!r}", f"write [{name}.{key}] and its keys below")


def _mend(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, 1)
    return f"write {near[0]}" if near else f"use one of {', '.join(names) or 'none'}"

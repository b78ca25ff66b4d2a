"""Reads one TOML table at a time. A getter never raises: it notes the mistake with its line and mend, and returns the default."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opsconsole.lib.bundle import Document, Problems

Key = str | int


class Reader:
    """One table of a document. `done()` reports the keys that nobody asked for."""

    def __init__(
        self,
        document: Document,
        problems: Problems,
        keys: tuple[Key, ...] = (),
        data: Mapping[str, Any] | None = None,
    ):
        self.document, self.problems, self.keys = document, problems, keys
        self.data: Mapping[str, Any] = document.data if data is None else data
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def line(self, key: str = "") -> int:
        return self.document.line(*self.keys, key) if key else self.document.line(*self.keys)

    def mistake(self, key: str, what: str, mend: str, *, below: int = 0) -> None:
        """Note a mistake at a key (or at the table itself), `below` lines further down."""
        self.problems.add(self.document.path, self.line(key) + below, what, mend)

    def text(self, key: str, default: str = "", *, needed: str = "") -> str:
        """A text; needed: the mend to show when it is missing or blank."""
        value: str = self._get(key, str, "a text in quotes", default)
        if needed and not value.strip():
            what = f"{key} is missing" if key not in self.data else f"{key} is empty"
            if key not in self.data or isinstance(self.data[key], str):
                self.mistake(key if key in self.data else "", what, needed)
        return value

    def choice(self, key: str, options: Iterable[str], default: str, *, needed: bool = False) -> str:
        """One of the options; says which there are, and the closest one."""
        names = tuple(options)
        value = self.text(
            key,
            default if not needed else "",
            needed=f"write {key} as one of {', '.join(names)}" if needed else "",
        )
        if value in names or (not value and needed):
            return value or default
        if value != default:
            self.mistake(key, f'{key} = "{value}" is not known', closest(value, names))
        return default

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        return int(self._number(key, default, low=low, high=high, kind=(int,), words="a whole number"))

    def number(self, key: str, default: float, *, low: float, high: float) -> float:
        return float(self._number(key, default, low=low, high=high, kind=(int, float), words="a number"))

    def flag(self, key: str, default: bool) -> bool:
        found: bool = self._get(key, bool, "true or false", default)
        return found

    def texts(self, key: str, *, needed: str = "") -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        value = self._take(key)
        items = [value] if isinstance(value, str) else value
        if items is None:
            items = []
        if not isinstance(items, list) or not all(isinstance(i, str) for i in items):
            self.mistake(key, f"{key} is not a list of texts", f'write {key} = ["one", "two"]')
            return ()
        if needed and not items:
            self.mistake(key if key in self.data else "", f"{key} is missing", needed)
        return tuple(items)

    def any(self, key: str) -> Any:
        return self._take(key)

    def table(self, key: str) -> "Reader | None":
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.mistake(
                key, f"{key} is not a table", f"write [{key}] with its keys below, or {key} = {{ … }}"
            )
            return None
        return Reader(self.document, self.problems, (*self.keys, key), value)

    def tables(self, key: str) -> Iterator["Reader"]:
        value = self._take(key)
        items = [value] if isinstance(value, dict) else value
        if items is not None and (not isinstance(items, list) or not all(isinstance(i, dict) for i in items)):
            self.mistake(key, f"{key} is not a list of tables", f"write [[{key}]] above each one")
            return
        for index, item in enumerate(items or []):
            yield Reader(self.document, self.problems, (*self.keys, key, index), item)

    def named(self, key: str) -> Iterator[tuple[str, "Reader"]]:
        inner = self.table(key)
        for name in inner.data if inner else ():
            child = inner.table(name) if inner else None
            if child:
                yield name, child

    def done(self) -> None:
        """Report every key that was not asked for."""
        for key in self.data:
            if key not in self._known:
                self.mistake(
                    key, f"{key} is not a key that can stand here", closest(key, sorted(self._known))
                )

    def _take(self, key: str) -> Any:
        self._known.add(key)
        return self.data.get(key)

    def _get(self, key: str, kind: type, words: str, default: Any) -> Any:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, kind):
            self.mistake(key, f"{key} is not {words}", f"write {key} as {words}")
            return default
        return value

    def _number(
        self, key: str, default: float, *, low: float, high: float, kind: tuple[type, ...], words: str
    ) -> float:
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not isinstance(value, kind):
            self.mistake(key, f"{key} is not {words}", f"write {key} = {default:g}, without quotes")
            return default
        if not low <= value <= high:
            self.mistake(key, f"{key} = {value} is out of range", f"choose between {low:g} and {high:g}")
            return default
        return float(value)


def closest(word: str, options: Iterable[str]) -> str:
    """A mend that names the closest option, or all of them when none is close."""
    names = list(options)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"use one of {', '.join(names)}" if names else "take it out"

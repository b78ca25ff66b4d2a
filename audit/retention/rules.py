"""`retention.toml` of the policy: the months of each retention class that event types name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from audit.policies import active_policy
from audit.registry import all_types
from opsconsole.lib.bundle import Bundle, Document, Problems, load

FILE = "retention.toml"
LONGEST = 1200  # months
VALUES = 12  # months that values are kept where the policy says nothing
KEYS = ("months", "values")


@dataclass(frozen=True)
class Times:
    """One class: months until its events may be archived, and until the personal values beside them are erased."""

    months: int
    values: int


@dataclass(frozen=True)
class Retention:
    """The whole of `retention.toml`. Without the file no month is ever archived, and values are kept for 12 months."""

    classes: dict[str, Times] = field(default_factory=dict)

    def months_of(self, types: Iterable[str]) -> int | None:
        """Return the longest time of the classes of some event types; a type that is not declared any more counts as the longest of all.

        None where the policy names no time for one of them: then they are kept for ever.
        """
        named = {kind.name: kind.retention for kind in all_types()}
        found = [self.classes.get(named[name]) if name in named else self._longest() for name in types]
        return max((times.months for times in found if times), default=0) if all(found) else None

    def values_of(self, name: str) -> int:
        """Return the months after which values with events of a class are erased."""
        return self.classes[name].values if name in self.classes else VALUES

    def _longest(self) -> Times | None:
        return max(self.classes.values(), key=lambda times: times.months, default=None)


def retention_in_force() -> Retention:
    """Return `retention.toml` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_retention, policy.version) if policy.version else Retention()


def classes() -> list[str]:
    """Return every class that an event type names, sorted."""
    return sorted({kind.retention for kind in all_types()})


def months_later(moment: datetime, months: int) -> datetime:
    """Return the first moment of the UTC month that many months after the month of a moment."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def check_retention(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `retention.toml` to `problems`; registered for `policy check`."""
    parse_retention(bundle, problems)


def parse_retention(bundle: Bundle, problems: Problems) -> Retention:
    """Return the classes of a bundle; what is wrong goes to `problems`, and a class with a mistake is kept for ever."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return Retention()
    _known(document, (), document.data, ("class",), problems)
    tables = document.data.get("class", {})
    if not isinstance(tables, dict):
        problems.add(FILE, document.line("class"), "class is not a table", "write [class.access]")
        return Retention()
    _known(document, ("class",), tables, classes(), problems)
    for name in classes():
        if name not in tables:
            mend = f"write [class.{name}] and months = a whole number from 1 to {LONGEST}"
            problems.add(FILE, document.line("class"), f"the class {name} is missing", mend)
    read = {name: _times(document, name, tables[name], problems) for name in classes() if name in tables}
    return Retention({name: times for name, times in read.items() if times})


def _times(document: Document, name: str, table: Any, problems: Problems) -> Times | None:
    if not isinstance(table, dict):
        problems.add(FILE, document.line("class", name), f"{name} is not a table", f"write [class.{name}]")
        return None
    at = ("class", name)
    _known(document, at, table, KEYS, problems)
    right = {key: _number(document, at, table, key, problems) for key in KEYS if key in table}
    if "months" not in table:
        mend = f"write months = a whole number from 1 to {LONGEST}"
        problems.add(FILE, document.line(*at), f"{name} has no months", mend)
    months, values = right.get("months"), right.get("values")
    if months and values and values > months:
        what = f"the values of {name} are kept for longer than its events"
        problems.add(FILE, document.line(*at, "values"), what, f"write {months} or fewer, or leave it out")
        values = months
    return Times(months, values or months) if months else None


def _number(
    document: Document, at: tuple[str, ...], table: dict[str, Any], key: str, problems: Problems
) -> int | None:
    value = table[key]
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST:
        return value
    mend = f"write a whole number from 1 to {LONGEST}"
    problems.add(FILE, document.line(*at, key), f"{key} is {value!r}", mend)
    return None


def _known(
    document: Document, at: tuple[str, ...], table: Iterable[str], allowed: Iterable[str], problems: Problems
) -> None:
    options = sorted(allowed)
    for name in sorted(set(table) - set(options)):
        near = get_close_matches(name, options, n=1)
        mend = f"did you mean {near[0]}?" if near else f"use one of {', '.join(options)}"
        problems.add(FILE, document.line(*at, name), f"unknown key {name}", mend)

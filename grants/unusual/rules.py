"""The bundle's `unusual.toml`: which use stands out, by rules with thresholds that anybody can read and tune."""

import re
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from audit.policies import active_policy
from grants.models import Mode
from opsconsole.lib.bundle import Bundle, Problems, load
from opsconsole.lib.toml_values import Table

FILE = "unusual.toml"
TITLES = {
    "reveals": "Repeated reveals",
    "hours": "Outside working hours",
    "tenants": "Many customers at once",
    "vip": "A customer to be careful with",
    "note": "Access without a note after it",
    "refused": "Refused tries in a row",
    "outside": "Rights changed outside the console",
}
TELL, END_ACCESS = "tell", "end_access"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Counted:
    """So many `times` within so many `minutes`."""

    times: int
    minutes: int


@dataclass(frozen=True)
class Hours:
    """Working hours on the wall clock of `zone`: `days` counts Monday as 1; `until` earlier than `begins` goes over midnight."""

    begins: time
    until: time
    zone: str
    days: tuple[int, ...]


@dataclass(frozen=True)
class Vip:
    """Customers to be careful with: `tenants` by their slugs, `consent` by how an administrator let them take part."""

    tenants: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return in words which customers these are."""
        modes = " or ".join(f"“{Mode(mode).label}”" for mode in self.consent)
        by_mode = [f"takes part as {modes}"] if modes else []
        named = ["is named by the policy"] if self.tenants else []
        return f"customer who {' or '.join([*named, *by_mode])}"


@dataclass(frozen=True)
class UnusualRules:
    """All of `unusual.toml`, checked; a rule that is None is not looked at.

    `note` is how many minutes after its end an access may stay without a note. `ends_access` names the rules
    whose flag ends the live access of the person; without them a flag only tells.
    """

    reveals: Counted | None = None
    hours: Hours | None = None
    tenants: Counted | None = None
    vip: Vip | None = None
    note: int | None = None
    refused: Counted | None = None
    outside: bool = False
    ends_access: frozenset[str] = frozenset()
    on: tuple[str, ...] = ()

    def said(self, rule: str) -> str:
        """Return a rule in words, with its numbers."""
        counted = getattr(self, rule, None)
        if isinstance(counted, Counted):
            what = {
                "reveals": "values shown",
                "tenants": "customers looked at",
                "refused": "refused tries, none that worked between them,",
            }
            return f"{counted.times} {what[rule]} within {counted.minutes} minutes"
        if rule == "hours" and self.hours:
            named = [DAYS[day - 1].capitalize() for day in self.hours.days]
            days = "every day" if len(named) == len(DAYS) else ", ".join(named)
            return f"A look at a customer outside {self.hours.begins:%H:%M} to {self.hours.until:%H:%M} {self.hours.zone}, {days}"
        if rule == "vip" and self.vip:
            return f"A look at a {self.vip.words}"
        if rule == "note":
            return f"Access was used, and {self.note} minutes after its end its case has no note"
        return "A role or right that the log knows no change of"


def unusual_rules_in_force() -> UnusualRules:
    """Return `unusual.toml` of the policy in force, parsed once per version."""
    policy = active_policy()
    return load(policy.bundle, parse_unusual, policy.version) if policy.version else UnusualRules()


def parse_unusual(bundle: Bundle, problems: Problems) -> UnusualRules:
    """Return the rules of a bundle; without the file nothing stands out. Every mistake is added to `problems`."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return UnusualRules()
    Table(document, problems, ()).refuse_unknown(("rule",))
    Table(document, problems, ("rule",)).refuse_unknown(tuple(TITLES))
    held = document.data.get("rule")
    on = tuple(name for name in TITLES if isinstance(held, dict) and name in held)
    tables = {name: Table(document, problems, ("rule", name)) for name in on}
    found = UnusualRules(
        reveals=_counted(tables, "reveals", 5, 60),
        hours=_hours(tables["hours"]) if "hours" in tables else None,
        tenants=_counted(tables, "tenants", 12, 60),
        vip=_vip(tables["vip"]) if "vip" in tables else None,
        note=tables["note"].whole("minutes", least=1, most=1440, fallback=60) if "note" in tables else None,
        refused=_counted(tables, "refused", 5, 10),
        outside="outside" in tables,
        ends_access=frozenset(name for name, table in tables.items() if _then(table) == END_ACCESS),
        on=on,
    )
    for table in tables.values():
        table.refuse_unknown()
    return found


def _counted(tables: dict[str, Table], rule: str, times: int, minutes: int) -> Counted | None:
    if rule not in tables:
        return None
    table = tables[rule]
    return Counted(
        table.whole("times", least=2, most=500, fallback=times),
        table.whole("minutes", least=1, most=1440, fallback=minutes),
    )


def _vip(table: Table) -> Vip:
    by_mode = "consent" in table.values
    tenants = table.texts("tenants") if "tenants" in table.values or not by_mode else ()
    return Vip(tenants, table.some("consent", Mode.values) if by_mode else ())


def _then(table: Table) -> str:
    return table.one("then", (TELL, END_ACCESS)) or TELL


def _hours(table: Table) -> Hours:
    days = table.some("days", DAYS, fallback=DAYS[:5])
    name = table.text("zone", fallback="UTC")
    try:
        zone = ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        table.wrong("zone", f"names {name}, which is no time zone", 'write one such as "Europe/Berlin"')
        zone = "UTC"
    numbers = tuple(DAYS.index(day) + 1 for day in days)
    return Hours(_time(table, "from", "07:00"), _time(table, "until", "20:00"), zone, numbers)


def _time(table: Table, key: str, example: str) -> time:
    text = table.text(key, fallback=example)
    if not _CLOCK.fullmatch(text):
        table.wrong(key, f"is {text!r}", f'write a time of day such as "{example}"')
        text = example
    return time.fromisoformat(text)


def check_unusual(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `unusual.toml` to `problems`; registered in `ready()` for `manage.py policy check`."""
    parse_unusual(bundle, problems)

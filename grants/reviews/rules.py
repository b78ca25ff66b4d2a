"""The bundle's `reviews.toml`: which access a reviewer looks at, by rules with thresholds that anybody can read."""

import re
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Problems, load
from opsconsole.lib.toml_values import Table

FILE = "reviews.toml"
LONGEST_LIST = 92  # days
RULES = ("long", "unused", "extended", "night", "repeated", "team")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MOST = {"minutes": 1440, "times": 50, "exceptions": 500, "days": LONGEST_LIST}


@dataclass(frozen=True)
class Night:
    """Hours in which access stands out. `begins` may be later than `ends`: then it goes over midnight, on the wall clock of `zone`."""

    begins: time
    ends: time
    zone: str


@dataclass(frozen=True)
class ReviewRules:
    """All of `reviews.toml`, checked; a rule that is None is not looked at. Times in minutes, `days` is how far back the list goes.

    `repeated` is (times, days): so many accesses of one person to one customer within so many days.
    """

    days: int = 28
    long_minutes: int | None = None
    unused_minutes: int | None = None
    extended_times: int | None = None
    night: Night | None = None
    repeated: tuple[int, int] | None = None
    team_exceptions: int | None = None
    on: frozenset[str] = field(default=frozenset())


def review_rules_in_force() -> ReviewRules:
    """Return `reviews.toml` of the policy in force, parsed once per version."""
    policy = active_policy()
    return load(policy.bundle, parse_reviews, policy.version) if policy.version else ReviewRules()


def parse_reviews(bundle: Bundle, problems: Problems) -> ReviewRules:
    """Return the rules of a bundle; without the file nothing stands out. Every mistake is added to `problems`."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return ReviewRules()
    root = Table(document, problems, ())
    days = root.whole("days", least=7, most=LONGEST_LIST, fallback=28)
    root.refuse_unknown(("rule", "standing"))
    Table(document, problems, ("rule",)).refuse_unknown(RULES)
    on = [
        name
        for name in RULES
        if isinstance(document.data.get("rule"), dict) and name in document.data["rule"]
    ]
    rules = {name: Table(document, problems, ("rule", name)) for name in on}
    times, within = _whole(rules, "repeated", "times"), _whole(rules, "repeated", "days")
    found = ReviewRules(
        days=days,
        long_minutes=_whole(rules, "long", "minutes"),
        unused_minutes=_whole(rules, "unused", "minutes"),
        extended_times=_whole(rules, "extended", "times"),
        night=_night(rules["night"]) if "night" in rules else None,
        repeated=(times, within) if times and within else None,
        team_exceptions=_whole(rules, "team", "exceptions"),
        on=frozenset(on),
    )
    for table in rules.values():
        table.refuse_unknown()
    return found


def _whole(rules: dict[str, Table], rule: str, key: str) -> int | None:
    if rule not in rules:
        return None
    least = 2 if (rule, key) == ("repeated", "times") else 1
    return rules[rule].whole(key, least=least, most=_MOST[key], fallback=least)


def _night(table: Table) -> Night:
    return Night(_time(table, "from", "22:00"), _time(table, "until", "06:00"), _zone(table))


def _time(table: Table, key: str, example: str) -> time:
    text = table.text(key, fallback=example)
    if not _CLOCK.fullmatch(text):
        table.wrong(key, f"is {text!r}", f'write a time of day such as "{example}"')
        text = example
    return time.fromisoformat(text)


def _zone(table: Table) -> str:
    name = table.text("zone", fallback="UTC")
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        table.wrong("zone", f"names {name}, which is no time zone", 'write one such as "Europe/Berlin"')
        return "UTC"


def check_reviews(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `reviews.toml` to `problems`; registered in `ready()` for `manage.py policy check`."""
    parse_reviews(bundle, problems)

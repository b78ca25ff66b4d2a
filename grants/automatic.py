"""What the policy approves by itself: only requests that a named rule covers whole, a few a day, never anything of high risk."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from accounts.roles import Role, Scope
from grants.hours import Hours
from opsconsole.lib.bundle import Document, Problems
from opsconsole.lib.toml_values import Table, tables

DAY = 1440  # minutes
MOST_A_DAY = 100  # of one person under one rule; the database holds it too
NEVER = "high_risk"


@dataclass(frozen=True)
class AutoRule:
    """One `[[auto_approve]]`: who gets what for at most how long, how often a day, and within which hours."""

    key: str
    scopes: frozenset[str]
    roles: frozenset[str]
    minutes: int
    most_per_day: int
    hours: Hours | None = None

    def covers(self, scopes: Collection[str], minutes: int, roles: Collection[str]) -> bool:
        """Tell whether a request of somebody with these roles lies wholly within the rule."""
        return set(scopes) <= self.scopes and 1 <= minutes <= self.minutes and bool(self.roles & set(roles))

    def open_at(self, moment: datetime) -> bool:
        """Tell whether the rule holds at a moment."""
        return self.hours is None or self.hours.window_at(moment) is not None

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day that counts for the cap: that of the hours' zone, UTC without hours."""
        return moment.astimezone(self.hours.zone if self.hours else UTC).date()


def rules_for(
    rules: Iterable[AutoRule], scopes: Collection[str], minutes: int, roles: Collection[str], now: datetime
) -> list[AutoRule]:
    """Return the rules that cover a request now, in the order of the policy."""
    return [rule for rule in rules if rule.covers(scopes, minutes, roles) and rule.open_at(now)]


@dataclass(frozen=True)
class Known:
    """What the rest of the bundle says that a rule may name. `alone` are the consequences that one approval opens without step-up."""

    scopes: Mapping[str, Scope]
    roles: Mapping[str, Role]
    hours: Mapping[str, Hours]
    alone: Collection[str]


def parse_automatic(document: Document, problems: Problems, known: Known) -> tuple[AutoRule, ...]:
    """Return every `[[auto_approve]]` without a mistake; one with a mistake approves nothing."""
    found: dict[str, AutoRule] = {}
    for table in tables(document, problems, "auto_approve"):
        before = len(problems.found)
        rule = _rule(table, known)
        if rule.key in found:
            table.wrong("key", f"{rule.key} is used twice", "give each rule a key of its own")
        if len(problems.found) == before:
            found[rule.key] = rule
    return tuple(found.values())


def _rule(table: Table, known: Known) -> AutoRule:
    rule = AutoRule(
        key=table.text("key", fallback="")[:60],
        scopes=frozenset(table.some("scopes", known.scopes)),
        roles=frozenset(table.some("roles", known.roles)),
        minutes=table.whole("minutes", least=1, most=DAY, fallback=15),
        most_per_day=table.whole("most_per_day", least=1, most=MOST_A_DAY, fallback=1),
        hours=known.hours.get(table.one("hours", known.hours)),
    )
    table.refuse_unknown()
    for scope in sorted(rule.scopes):
        consequence = known.scopes[scope].consequence
        if consequence == NEVER:
            table.wrong(
                "scopes", f"names {scope}, which is of high risk", "leave it out: a person decides on that"
            )
        elif consequence not in known.alone:
            what = f"names {scope}, but {consequence} access asks for step-up or for more than one approval"
            table.wrong("scopes", what, "leave it out: a person decides on that")
    return rule

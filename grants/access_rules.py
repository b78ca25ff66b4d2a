"""The bundle's `access.toml`: the ceremony of each consequence, what a reason must be, how a ticket is written, when, and by whom alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.roles import CONSEQUENCES, Roles, parse_roles
from accounts.roles import FILE as ROLES_FILE
from grants.automatic import AutoRule, Known, parse_automatic
from grants.case_rules import CaseRules, parse_case_rules
from grants.glass import NO_GLASS, GlassRules, parse_glass
from grants.hours import Hours, parse_hours
from grants.presets import Preset, parse_presets
from opsconsole.lib.bundle import Bundle, Document, Problems
from opsconsole.lib.toml_values import Table, named_tables

FILE = "access.toml"
DAY = 1440  # minutes; no temporary access is longer than a day
WEEK = 7 * DAY  # minutes; no request waits longer than a week
TABLES = (
    "case", "consequence", "reason", "hours", "shift", "scope", "preset", "auto_approve", "break_glass", "notes",
    "tenant",
)  # fmt: skip


SUSPENDED = frozenset({"suspended"})


@dataclass(frozen=True)
class Ceremony:
    """What one consequence asks for. Times in minutes; `pending_minutes` is how long a request waits before it lapses."""

    approvals: int
    default_minutes: int
    longest_minutes: int
    pending_minutes: int
    reason: bool = True
    ticket: bool = True
    step_up: bool = False
    hours: str = ""


@dataclass(frozen=True)
class TicketRules:
    """How a ticket number is written, and one example of it."""

    pattern: str
    example: str

    def fits(self, ticket: str) -> bool:
        """Tell whether the whole text is a ticket number."""
        return re.fullmatch(self.pattern, ticket) is not None


@dataclass(frozen=True)
class ReasonRules:
    """What a reason must be. `shortest` counts characters, `vague` are phrases that say nothing on their own.

    With `names_what_failed` a reason has one of `failures` (a word, or the beginning of one before a star), or a word of at least
    five letters that begins like one of the case's reported issue; words of the vague phrases never count.
    """

    shortest: int
    vague: tuple[str, ...]
    names_what_failed: bool = False
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccessRules:
    """All of `access.toml`, checked."""

    ceremonies: dict[str, Ceremony]
    ticket: TicketRules
    reason: ReasonRules
    hours: Mapping[str, Hours] = field(default_factory=dict)
    scope_hours: Mapping[str, str] = field(default_factory=dict)
    shift: str = ""
    presets: tuple[Preset, ...] = ()
    automatic: tuple[AutoRule, ...] = ()
    glass: GlassRules = NO_GLASS
    suspended: frozenset[str] = SUSPENDED
    notes: CaseRules = field(default_factory=CaseRules)

    def limits_of(self, consequences: Mapping[str, str]) -> list[Hours]:
        """Return the hours that limit these scopes, given with their consequences; each once, none where they are open at all times."""
        named = {self.scope_hours.get(scope, "") for scope in consequences}
        named |= {self.ceremonies[name].hours for name in consequences.values() if name in self.ceremonies}
        return [hours for key, hours in self.hours.items() if key in named]

    def is_suspended(self, status: str) -> bool:
        """Tell whether a status word of the directory means that nobody gets or keeps access to the tenant."""
        return status.strip().lower() in self.suspended

    def preset(self, key: str) -> Preset | None:
        """Return a preset by its key, or None."""
        return next((preset for preset in self.presets if preset.key == key), None)

    def ceremony_for(self, consequences: Iterable[str]) -> Ceremony:
        """Return the strictest of each part over all consequences asked for. Raises `KeyError` where the policy names no ceremony."""
        parts = [self.ceremonies[consequence] for consequence in consequences]
        if not parts:
            raise KeyError("no consequence")
        longest = min(part.longest_minutes for part in parts)
        return Ceremony(
            approvals=max(part.approvals for part in parts),
            default_minutes=min(*(part.default_minutes for part in parts), longest),
            longest_minutes=longest,
            pending_minutes=min(part.pending_minutes for part in parts),
            reason=any(part.reason for part in parts),
            ticket=any(part.ticket for part in parts),
            step_up=any(part.step_up for part in parts),
        )


NONE = AccessRules({}, TicketRules(r"\S+", "HD-48192"), ReasonRules(20, ()))


def parse_access(bundle: Bundle, problems: Problems) -> AccessRules:
    """Return the rules of a bundle; every mistake is added to `problems` and the strict fallback stands in for it."""
    document = bundle.toml(FILE, problems)
    if document is None:
        return NONE
    Table(document, problems, ()).refuse_unknown(TABLES)
    roles = parse_roles(bundle, Problems())
    hours = parse_hours(document, problems)
    ceremonies = _ceremonies(document, problems, hours)
    longest = {name: ceremony.longest_minutes for name, ceremony in ceremonies.items()}
    alone = [name for name, one in ceremonies.items() if one.approvals == 1 and not one.step_up]
    return AccessRules(
        ceremonies=ceremonies,
        ticket=_ticket(Table(document, problems, ("case",))),
        reason=_reason(Table(document, problems, ("reason",))),
        hours=hours,
        scope_hours=_scope_hours(document, problems, roles, hours),
        shift=_shift(Table(document, problems, ("shift",)), hours),
        presets=parse_presets(document, problems, roles.scopes, longest),
        automatic=parse_automatic(document, problems, Known(roles.scopes, roles.roles, hours, alone)),
        glass=parse_glass(document, problems, roles.roles),
        suspended=_suspended(Table(document, problems, ("tenant",))),
        notes=parse_case_rules(Table(document, problems, ("notes",)), roles.roles),
    )


def _scope_hours(
    document: Document, problems: Problems, roles: Roles, hours: Mapping[str, Hours]
) -> dict[str, str]:
    found = {}
    for scope, table in named_tables(document, problems, "scope"):
        if scope not in roles.scopes:
            table.wrong("", "is no scope of roles.toml", "declare it there, or take this table away")
        found[scope] = table.one("hours", hours)
        table.refuse_unknown()
    return found


def _suspended(table: Table) -> frozenset[str]:
    words = table.texts("suspended") if "suspended" in table.values else tuple(SUSPENDED)
    table.refuse_unknown(("suspended",))
    return frozenset(word.strip().lower() for word in words)


def _shift(table: Table, hours: Mapping[str, Hours]) -> str:
    named = table.one("hours", hours)
    table.refuse_unknown()
    return named


def _ceremonies(document: Document, problems: Problems, hours: Mapping[str, Hours]) -> dict[str, Ceremony]:
    table = Table(document, problems, ("consequence",))
    table.refuse_unknown(CONSEQUENCES)
    for name, value in table.values.items():
        if name in CONSEQUENCES and not isinstance(value, dict):
            table.wrong(name, f"is {value!r}", f"write [consequence.{name}] and its keys below")
    return {
        name: _ceremony(Table(document, problems, ("consequence", name)), hours)
        for name in CONSEQUENCES
        if isinstance(table.values.get(name), dict)
    }


def _ceremony(table: Table, hours: Mapping[str, Hours]) -> Ceremony:
    longest = table.whole("longest_minutes", least=1, most=DAY, fallback=60)
    default = table.whole("default_minutes", least=1, most=DAY, fallback=min(30, longest))
    if default > longest:
        table.wrong("default_minutes", f"is {default}, more than longest_minutes", f"write {longest} or less")
    ceremony = Ceremony(
        approvals=table.whole("approvals", least=1, most=4, fallback=1),
        default_minutes=min(default, longest),
        longest_minutes=longest,
        pending_minutes=table.whole("pending_minutes", least=1, most=WEEK, fallback=480),
        reason=table.flag("reason", fallback=True),
        ticket=table.flag("ticket", fallback=True),
        step_up=table.flag("step_up", fallback=False),
        hours=table.one("hours", hours),
    )
    table.refuse_unknown()
    return ceremony


def _ticket(table: Table) -> TicketRules:
    pattern = table.text("ticket_format", fallback=NONE.ticket.pattern)
    example = table.text("ticket_example", fallback=NONE.ticket.example)
    table.refuse_unknown()
    try:
        fits = re.fullmatch(pattern, example) is not None
    except re.error as error:
        table.wrong(
            "ticket_format",
            f"is no regular expression ({error})",
            r"write one such as '^[A-Z]{2,6}-\d{1,8}$'",
        )
        return NONE.ticket
    if not fits:
        table.wrong(
            "ticket_example", f"{example!r} does not fit ticket_format", "write an example that fits it"
        )
    return TicketRules(pattern, example)


def _reason(table: Table) -> ReasonRules:
    names = table.flag("names_what_failed", fallback=False)
    rules = ReasonRules(
        shortest=table.whole("shortest", least=1, most=500, fallback=20),
        vague=table.texts("vague"),
        names_what_failed=names,
        failures=table.texts("failures") if names or "failures" in table.values else (),
    )
    table.refuse_unknown()
    return rules


def check_access(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `access.toml` to `problems`; registered in `ready()` for `manage.py policy check`."""
    rules, roles = parse_access(bundle, problems), parse_roles(bundle, Problems())
    wanted = {consequence for role in roles.roles.values() for consequence in role.asks_for}
    for name, ceremony in rules.ceremonies.items():
        if ceremony.step_up and "decide" not in roles.step_up.acts:
            what = f'{name} asks its decider for a second factor, but [step_up] of roles.toml leaves out "decide"'
            mend = f'add "decide" to for in {ROLES_FILE}, or write step_up = false here'
            document = bundle.toml(FILE, Problems())
            line = document.line("consequence", name, "step_up") if document else 1
            problems.add(FILE, line, what, mend)
    for consequence in CONSEQUENCES:
        if consequence in wanted and consequence not in rules.ceremonies and FILE in bundle.files:
            what = f"a role asks for {consequence} access, but nothing says how it is approved"
            problems.add(FILE, 1, what, f"add [consequence.{consequence}]")

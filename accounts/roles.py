"""`roles.toml` of the policy: scopes with their consequence, roles, separation of duties, session limits, step-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from opsconsole.lib.bundle import Bundle, Document, Problems
from opsconsole.lib.step_up import ACTS
from opsconsole.lib.toml_lines import Key

FILE = "roles.toml"
CONSEQUENCES = ("view", "sensitive", "corrective", "high_risk")
POWERS = {
    "see": "see tenants and their panels",
    "ask": "open cases and ask for access",
    "decide": "approve, narrow or deny requests",
    "act": "use support sessions and actions under a grant",
    "review": "read the whole log and close reviews",
    "export": "export evidence",
    "disclose": "show or erase values that the log keeps apart",
    "hold": "place and lift legal holds on the log",
    "propose_policy": "propose a policy",
    "activate_policy": "put a proposed policy in force",
    "manage_people": "change people and their roles",
}
REACHES = ("all", "book", "none")
DECIDES_FOR = ("reach", "rights")
TABLES = ("scope", "role", "separation", "sign_in", "step_up", "single_sign_on", "standing_rights")
LONGEST_FRESH = 60  # minutes; a factor shown longer ago is not fresh


@dataclass(frozen=True)
class Scope:
    """A named permission on one tenant. `may` is its sentence on pages."""

    key: str
    consequence: str
    may: str


@dataclass(frozen=True)
class Role:
    """What its members hold. `reach` says whose tenants: all, the person's book, or none.

    The book is what the person holds a standing right on: tenants by name, and regions. `decides_for` narrows the tenants that its
    members decide for: all within reach, or only those on which they hold a standing right to decide.
    """

    key: str
    title: str
    reach: str = "none"
    may: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    asks_for: frozenset[str] = frozenset()
    decides: frozenset[str] = frozenset()
    decides_for: str = "reach"


@dataclass(frozen=True)
class SignInRules:
    """Limits of a sign-in, in minutes (NIST AC-11, AC-12)."""

    idle_minutes: int = 15
    absolute_minutes: int = 12 * 60
    second_factor: bool = True


@dataclass(frozen=True)
class StepUpRules:
    """Which acts ask for a fresh second factor, and for how many minutes one stays fresh (NIST IA-11)."""

    minutes: int = 10
    acts: frozenset[str] = frozenset(ACTS)


@dataclass(frozen=True)
class Roles:
    """The whole of `roles.toml`."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    separated: tuple[tuple[str, str], ...] = ()
    sign_in: SignInRules = SignInRules()
    step_up: StepUpRules = StepUpRules()


class _Reader:
    """Reads one document and notes what is wrong with it."""

    def __init__(self, document: Document, problems: Problems) -> None:
        self.document = document
        self.problems = problems

    def wrong(self, keys: tuple[Key, ...], what: str, mend: str) -> None:
        self.problems.add(self.document.path, self.document.line(*keys), what, mend)

    def table(self, value: Any, keys: tuple[Key, ...]) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.wrong(keys, f"{'.'.join(map(str, keys))} is not a table", f"write [{'.'.join(map(str, keys))}]")
        return {}

    def known(self, table: dict[str, Any], allowed: Iterable[str], keys: tuple[Key, ...]) -> None:
        for name in set(table) - set(allowed):
            self.wrong((*keys, name), f"unknown key {name}", _hint(name, allowed))

    def text(self, table: dict[str, Any], name: str, keys: tuple[Key, ...]) -> str:
        value = table.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong((*keys, name), f"{name} is missing or empty", f'write {name} = "…" in plain words')
        return ""

    def choice(
        self, table: dict[str, Any], name: str, allowed: tuple[str, ...], keys: tuple[Key, ...]
    ) -> str:
        value = table.get(name)
        if value in allowed:
            return str(value)
        self.wrong((*keys, name), f"{name} is {value!r}", f"use one of {', '.join(allowed)}")
        return ""

    def names(
        self, table: dict[str, Any], name: str, allowed: Iterable[str], keys: tuple[Key, ...]
    ) -> frozenset[str]:
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong((*keys, name), f"{name} is not a list of words", f'write {name} = ["…", "…"]')
            return frozenset()
        for item in set(value) - set(allowed):
            self.wrong((*keys, name), f"{name} names {item}, which is not known", _hint(item, allowed))
        return frozenset(value) & frozenset(allowed)

    def minutes(self, table: dict[str, Any], name: str, default: int, keys: tuple[Key, ...]) -> int:
        value = table.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.wrong((*keys, name), f"{name} is {value!r}", "write a whole number of minutes above zero")
        return default

    def yes_no(self, table: dict[str, Any], name: str, *, default: bool, keys: tuple[Key, ...]) -> bool:
        value = table.get(name, default)
        if isinstance(value, bool):
            return value
        self.wrong((*keys, name), f"{name} is {value!r}", "write true or false, without quotes")
        return default


def _hint(name: str, allowed: Iterable[str]) -> str:
    options = sorted(allowed)
    close = get_close_matches(name, options, n=1)
    return f"did you mean {close[0]}?" if close else f"use one of {', '.join(options) or 'none'}"


def parse_roles(bundle: Bundle, problems: Problems) -> Roles:
    """Return the roles of a bundle; mistakes go to `problems` and what they touch gives no right."""
    document = bundle.toml(FILE, problems)
    if document is None:
        return Roles()
    reader = _Reader(document, problems)
    reader.known(document.data, TABLES, ())
    scopes = _scopes(reader)
    separated = _pairs(reader)
    roles = _each(reader, "role", lambda key, table: _role(reader, key, table, scopes))
    _check_roles(reader, roles, scopes, separated)
    return Roles(scopes, roles, separated, _sign_in(reader), _step_up(reader))


def _each(reader: _Reader, name: str, make: Callable[[str, dict[str, Any]], Any]) -> dict[str, Any]:
    tables = reader.table(reader.document.data.get(name, {}), (name,))
    return {key: make(key, reader.table(value, (name, key))) for key, value in tables.items()}


def _scopes(reader: _Reader) -> dict[str, Scope]:
    def make(key: str, table: dict[str, Any]) -> Scope:
        at = ("scope", key)
        reader.known(table, ("consequence", "may"), at)
        return Scope(
            key, reader.choice(table, "consequence", CONSEQUENCES, at), reader.text(table, "may", at)
        )

    return _each(reader, "scope", make)


def _role(reader: _Reader, key: str, table: dict[str, Any], scopes: dict[str, Scope]) -> Role:
    at = ("role", key)
    reader.known(table, ("title", "tenants", "may", "scopes", "asks_for", "decides", "decides_for"), at)
    return Role(
        key=key,
        title=reader.text(table, "title", at),
        reach=reader.choice({"tenants": "none", **table}, "tenants", REACHES, at) or "none",
        may=reader.names(table, "may", POWERS, at),
        scopes=reader.names(table, "scopes", scopes, at),
        asks_for=reader.names(table, "asks_for", CONSEQUENCES, at),
        decides=reader.names(table, "decides", CONSEQUENCES, at),
        decides_for=reader.choice({"decides_for": "reach", **table}, "decides_for", DECIDES_FOR, at)
        or "rights",
    )


def _pairs(reader: _Reader) -> tuple[tuple[str, str], ...]:
    table = reader.table(reader.document.data.get("separation", {}), ("separation",))
    reader.known(table, ("pairs",), ("separation",))
    pairs = []
    for pair in table.get("pairs", []):
        if isinstance(pair, list) and len(pair) == 2 and all(word in POWERS for word in pair):
            pairs.append((str(pair[0]), str(pair[1])))
        else:
            reader.wrong(
                ("separation", "pairs"),
                f"{pair!r} is not a pair of powers",
                f"use two of {', '.join(POWERS)}",
            )
    return tuple(pairs)


def _check_roles(
    reader: _Reader, roles: dict[str, Role], scopes: dict[str, Scope], separated: tuple[tuple[str, str], ...]
) -> None:
    for role in roles.values():
        at = ("role", role.key)
        for scope in sorted(role.scopes):
            if scopes[scope].consequence not in {"view", ""}:
                what = f"role {role.key} holds {scope} at all times, but its consequence is {scopes[scope].consequence}"
                reader.wrong(
                    (*at, "scopes"), what, "only view scopes come with a role; leave it to be asked for"
                )
        for first, second in separated:
            if {first, second} <= role.may:
                what = f"role {role.key} holds both {first} and {second}, which the policy keeps apart"
                reader.wrong((*at, "may"), what, "split the role in two")
        if role.decides and "decide" not in role.may:
            reader.wrong(
                (*at, "decides"),
                f"role {role.key} decides without the power to decide",
                'add "decide" to may',
            )
    _check_undoing(reader, roles)


def _check_undoing(reader: _Reader, roles: dict[str, Role]) -> None:
    """Refuse a policy under which nobody could decide, or change people or the policy back: somebody must be able to undo it."""
    decided = frozenset().union(*(role.decides for role in roles.values() if "decide" in role.may))
    for role in roles.values():
        for consequence in sorted(role.asks_for - decided):
            what = f"role {role.key} asks for {consequence} access, and no role decides on it"
            reader.wrong(
                ("role", role.key, "asks_for"),
                what,
                f'add "{consequence}" to decides of one role, or leave it out',
            )
    for power in ("decide", "manage_people", "propose_policy", "activate_policy"):
        if not any(power in role.may for role in roles.values()):
            what = f"no role may {power.replace('_', ' ')}, so nobody could undo this policy"
            reader.wrong(("role",), what, f'give "{power}" to one role')


def _sign_in(reader: _Reader) -> SignInRules:
    at = ("sign_in",)
    table = reader.table(reader.document.data.get("sign_in", {}), at)
    reader.known(table, ("idle_minutes", "absolute_minutes", "second_factor"), at)
    return SignInRules(
        idle_minutes=reader.minutes(table, "idle_minutes", 15, at),
        absolute_minutes=reader.minutes(table, "absolute_minutes", 12 * 60, at),
        second_factor=reader.yes_no(table, "second_factor", default=True, keys=at),
    )


def _step_up(reader: _Reader) -> StepUpRules:
    at = ("step_up",)
    table = reader.table(reader.document.data.get("step_up", {}), at)
    reader.known(table, ("minutes", "for"), at)
    minutes = reader.minutes(table, "minutes", StepUpRules.minutes, at)
    if minutes > LONGEST_FRESH:
        reader.wrong((*at, "minutes"), f"minutes is {minutes}", f"write {LONGEST_FRESH} or less")
    acts = reader.names(table, "for", ACTS, at) if "for" in table else StepUpRules.acts
    return StepUpRules(min(minutes, LONGEST_FRESH), acts)


def check_roles(bundle: Bundle, problems: Problems) -> None:
    """Check `roles.toml`; registered for `policy check`."""
    parse_roles(bundle, problems)

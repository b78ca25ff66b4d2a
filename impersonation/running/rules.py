"""The bundle's `actions.toml`: the corrective operations that the product runs for an agent, and how each is asked for."""

import re
from dataclasses import dataclass, field

from accounts.roles import CONSEQUENCES, Roles, parse_roles
from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Problems, load
from tenants.language.reader import Reader

FILE = "actions.toml"
KINDS = ("text", "email", "whole", "choice")
LONGEST = 300  # characters of one field
SENTENCE = "Will change {label} from {old} to {new}."
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PART = re.compile(r"\{(\w*)\}")
RESERVED = frozenset({"step", "seen", "tenant_name", "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Field:
    """One thing the agent types. `pattern` has to fit the whole text."""

    key: str
    label: str
    kind: str = "text"
    longest: int = 200
    pattern: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class Action:
    """One approved operation. `safe_values` names what the log may show old and new, `masked_values` what it may show in part.

    The event only commits to the rest, and to the whole of what is masked.
    """

    key: str
    label: str
    scope: str
    consequence: str
    says: str = SENTENCE
    about: str = ""
    idempotent: bool = False
    safe_values: frozenset[str] = frozenset()
    masked_values: frozenset[str] = frozenset()
    fields: tuple[Field, ...] = field(default=())

    @property
    def asks_for_name(self) -> bool:
        """Tell whether the tenant's name is typed before it runs."""
        return self.consequence == CONSEQUENCES[-1]


def actions_in_force() -> dict[str, Action]:
    """Return the actions of the policy in force by key."""
    policy = active_policy()
    return load(policy.bundle, parse_actions, policy.version) if policy.version else {}


def parse_actions(bundle: Bundle, problems: Problems) -> dict[str, Action]:
    """Return the actions of a bundle, none without the file. Mistakes are added to `problems`, all at once."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return {}
    top, roles = Reader(document, problems), parse_roles(bundle, Problems())
    found = {key: _action(key, table, roles) for key, table in top.named("action")}
    top.done()
    return found


def check_actions(bundle: Bundle, problems: Problems) -> None:
    """Report every mistake of `actions.toml`; registered as a check of the bundle."""
    parse_actions(bundle, problems)


def _action(key: str, table: Reader, roles: Roles) -> Action:
    if not _KEY.fullmatch(key):
        table.mistake(
            "", f'"{key}" is no name of an action', 'write [action."sync.rerun"]: small letters and dots'
        )
    scope = table.text("scope", needed='write scope = "sync.rerun", a scope of roles.toml')
    declared = roles.scopes.get(scope)
    if scope and declared is None:
        table.mistake("scope", f"{scope} is no scope of roles.toml", "declare it there, or name another")
    found = Action(
        key=key,
        label=table.text("label", needed='write label = "Run a failed sync again"'),
        scope=scope,
        consequence=_consequence(table, declared.consequence if declared else "corrective"),
        says=_says(table),
        about=table.text("about"),
        idempotent=table.flag("idempotent", False),
        safe_values=frozenset(table.texts("safe_values")),
        masked_values=frozenset(table.texts("masked_values")),
        fields=_fields(table),
    )
    table.done()
    return found


def _consequence(table: Reader, least: str) -> str:
    """Return the consequence: at least that of the scope, and never less than corrective, since something is changed."""
    least = max(least, "corrective", key=CONSEQUENCES.index)
    value = table.choice("consequence", CONSEQUENCES, least)
    if CONSEQUENCES.index(value) < CONSEQUENCES.index(least):
        table.mistake("consequence", f"{value} is less than its scope and a change need", f'write "{least}"')
        return least
    return value


def _says(table: Reader) -> str:
    says = table.text("says", SENTENCE)
    wrong = set(_PART.findall(says)) - {"label", "old", "new"}
    if wrong:
        names = ", ".join(f"{{{name}}}" for name in sorted(wrong))
        table.mistake("says", f"the sentence names {names}", "use {label}, {old} and {new}")
        return SENTENCE
    return says


def _fields(table: Reader) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for inner in table.tables("field"):
        each = _field(inner)
        if each.key in found:
            inner.mistake("key", f"the field {each.key} is there twice", "give each field a key of its own")
        found[each.key] = each
    return tuple(found.values())


def _field(table: Reader) -> Field:
    key = table.text("key", needed='write key = "email"')
    if key and (not _FIELD.fullmatch(key) or key in RESERVED):
        table.mistake(
            "key",
            f'"{key}" cannot be a field',
            "use small letters and underscores, and no name of the page's own",
        )
    found = Field(
        key=key,
        label=table.text("label", needed='write label = "New address"'),
        kind=table.choice("kind", KINDS, "text"),
        longest=table.whole("longest", 200, low=1, high=LONGEST),
        pattern=_pattern(table),
        hint=table.text("hint"),
        choices=table.texts("choices"),
        needed=table.flag("needed", True),
    )
    if (found.kind == "choice") != bool(found.choices):
        table.mistake(
            "choices",
            f"{key} is a {found.kind} and its choices do not fit that",
            'write kind = "choice" and choices = ["one", "two"]',
        )
    table.done()
    return found


def _pattern(table: Reader) -> str:
    text = table.text("pattern")
    try:
        re.compile(text)
    except re.error as error:
        table.mistake(
            "pattern", f"this is no pattern: {error}", "write a regular expression in single quotes"
        )
        return ""
    return text

"""The bundle's `consent.toml`: how customers take part where an administrator set nothing else for one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.roles import CONSEQUENCES
from audit.policies import active_policy
from grants.models import ConsentAsk, Mode
from opsconsole.lib.bundle import Bundle, Document, Problems, load
from opsconsole.lib.toml_values import Table

FILE = "consent.toml"
WEEK = 10080  # minutes
MODES = tuple(Mode.values)


@dataclass(frozen=True)
class ConsentRules:
    """All of `consent.toml`, checked. `silent_minutes` is how long a customer has to answer, `link_minutes` how long a link lives."""

    mode: str = Mode.NOTIFY.value
    when_silent: str = ConsentAsk.Silence.LAPSE.value
    silent_minutes: int = 240
    link_minutes: int = 1440
    ledger_days: int = 14
    consequence: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def mode_for(self, environment: str, consequences: Iterable[str], own: str = "") -> str:
        """Return the mode of one request: the tenant's own, else that of its environment, else the strictest of its consequences."""
        named = own or self.environment.get(environment.strip().lower(), "")
        return named or strictest(self.consequence.get(one, self.mode) for one in consequences)


def strictest(modes: Iterable[str]) -> str:
    """Return the strictest of some modes, the mildest of all where there is none."""
    return max(modes, key=MODES.index, default=MODES[0])


def consent_rules_in_force() -> ConsentRules:
    """Return `consent.toml` of the policy in force, parsed once per version."""
    policy = active_policy()
    return load(policy.bundle, parse_consent, policy.version) if policy.version else ConsentRules()


def parse_consent(bundle: Bundle, problems: Problems) -> ConsentRules:
    """Return the rules of a bundle; without the file customers are told of access and asked nothing. Mistakes are added to `problems`."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return ConsentRules()
    table, usual = Table(document, problems, ()), ConsentRules()
    rules = ConsentRules(
        mode=table.one("mode", MODES) or Mode.MUST_APPROVE.value,
        when_silent=table.one("when_silent", ConsentAsk.Silence.values) or usual.when_silent,
        silent_minutes=_whole(table, "silent_minutes", usual.silent_minutes, least=1),
        link_minutes=_whole(table, "link_minutes", usual.link_minutes, least=15),
        ledger_days=_whole(table, "ledger_days", usual.ledger_days, least=1, most=90),
        consequence=_modes(document, problems, "consequence", CONSEQUENCES),
        environment=_modes(document, problems, "environment"),
    )
    if "mode" not in table.values:
        table.wrong("mode", "is missing", 'write mode = "notify"')
    table.refuse_unknown(("consequence", "environment"))
    return rules


def _whole(table: Table, key: str, usual: int, *, least: int, most: int = WEEK) -> int:
    table.known.add(key)
    return table.whole(key, least=least, most=most, fallback=usual) if key in table.values else usual


def _modes(
    document: Document, problems: Problems, name: str, known: Iterable[str] | None = None
) -> dict[str, str]:
    table = Table(document, problems, (name,))
    if known is not None:
        table.refuse_unknown(tuple(known))
    return {
        (key if known is not None else key.strip().lower()): mode
        for key in table.values
        if (mode := table.one(key, MODES))
    }


def check_consent(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `consent.toml` to `problems`; registered in `ready()` for `manage.py policy check`."""
    parse_consent(bundle, problems)

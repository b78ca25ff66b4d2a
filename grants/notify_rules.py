"""The bundle's `notify.toml`: which kinds of message go which way to which roles, and when people are reminded."""

import re
from dataclasses import dataclass

from accounts.roles import parse_roles
from audit.policies import active_policy
from grants.models import Outbox
from opsconsole.lib.bundle import Bundle, Document, Problems, load
from opsconsole.lib.toml_values import Table, named_tables

FILE = "notify.toml"
ALL = "all"
DAY = 1440  # minutes
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
VARIABLE = re.compile(r"NOTIFY_[A-Z0-9_]{1,60}")


@dataclass(frozen=True)
class Webhook:
    """One webhook: the variable of the environment that holds its address, and the only host that address may lead to."""

    name: str
    url_env: str
    host: str

    @property
    def channel(self) -> str:
        """Return the name of its deliveries."""
        return f"webhook:{self.name}"


@dataclass(frozen=True)
class Rule:
    """Kinds of message that also leave the console. `roles` narrows to people who hold one of them; empty is everybody concerned."""

    kinds: frozenset[str]
    roles: frozenset[str]
    email: bool
    webhooks: frozenset[str]

    def covers(self, kind: str) -> bool:
        """Tell whether the rule speaks of a kind."""
        return kind in self.kinds or ALL in self.kinds


@dataclass(frozen=True)
class Reminders:
    """Minutes: how long a request waits before deciders hear again, how long before its lapse, and how long before access ends."""

    waiting_minutes: int = 15
    before_lapse_minutes: int = 30
    before_end_minutes: int = 5


@dataclass(frozen=True)
class NotifyRules:
    """All of `notify.toml`, checked. Without the file everything stays in the inbox."""

    webhooks: dict[str, Webhook]
    rules: tuple[Rule, ...]
    remind: Reminders

    def webhook_of(self, channel: str) -> Webhook | None:
        """Return the webhook of a delivery's channel, or None where the policy knows it no more."""
        return self.webhooks.get(channel.removeprefix("webhook:"))


NONE = NotifyRules({}, (), Reminders())


def notify_rules_in_force() -> NotifyRules:
    """Return `notify.toml` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_notify, policy.version) if policy.version else NONE


def check_notify(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `notify.toml` to `problems`; registered in `ready()` for `manage.py policy check`."""
    parse_notify(bundle, problems)


def parse_notify(bundle: Bundle, problems: Problems) -> NotifyRules:
    """Return the rules of a bundle; every mistake is added to `problems`, and the rule or webhook that has one is left out."""
    document = bundle.toml(FILE, problems) if FILE in bundle.files else None
    if document is None:
        return NONE
    Table(document, problems, ()).refuse_unknown(("webhook", "rule", "remind"))
    webhooks = _webhooks(document, problems)
    roles = set(parse_roles(bundle, Problems()).roles)
    rules = [_rule(table, set(webhooks), roles) for _name, table in named_tables(document, problems, "rule")]
    return NotifyRules(
        webhooks, tuple(rule for rule in rules if rule), _remind(Table(document, problems, ("remind",)))
    )


def _webhooks(document: Document, problems: Problems) -> dict[str, Webhook]:
    found = {}
    for name, table in named_tables(document, problems, "webhook"):
        url_env = table.text("url_env", fallback="NOTIFY_DESK_URL")
        host = table.text("host", fallback="hooks.chat.example").lower()
        table.refuse_unknown()
        if not VARIABLE.fullmatch(url_env):
            table.wrong(
                "url_env", f"is {url_env!r}", "name a variable of the environment such as NOTIFY_DESK_URL"
            )
        if not HOST.fullmatch(host):
            table.wrong("host", f"is {host!r}", "write the host alone, such as hooks.chat.example")
        if not re.fullmatch(r"[a-z0-9_-]{1,40}", name):
            table.wrong("", "is no plain name", "write small letters, digits, - and _")
        found[name] = Webhook(name, url_env, host)
    return found


def _rule(table: Table, webhooks: set[str], roles: set[str]) -> Rule | None:
    kinds = table.some("kinds", {*Outbox.Kind.values, ALL})
    for_roles = table.some("roles", roles) if "roles" in table.values else ()
    to = table.some("webhooks", webhooks) if "webhooks" in table.values else ()
    email = table.flag("email", fallback=False)
    table.refuse_unknown(("roles", "webhooks"))
    if not email and "webhooks" not in table.values:
        table.wrong("", "leads nowhere", "add email = true or webhooks = [...], or take the rule out")
    if not kinds or ("roles" in table.values and not for_roles):
        return None
    return Rule(frozenset(kinds), frozenset(for_roles), email, frozenset(to))


def _remind(table: Table) -> Reminders:
    usual = Reminders()
    read = {
        key: table.whole(key, least=1, most=DAY, fallback=getattr(usual, key))
        if key in table.values
        else getattr(usual, key)
        for key in ("waiting_minutes", "before_lapse_minutes", "before_end_minutes")
    }
    table.refuse_unknown(tuple(read))
    return Reminders(**read)

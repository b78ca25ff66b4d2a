"""The rule on one page: who may ask, who approves, how long, what stays hidden, when to escalate; sentences made from the bundle."""

from dataclasses import dataclass

from accounts.queries import roles_in_force
from accounts.roles import CONSEQUENCES, Role, Roles
from grants.access_rules import AccessRules, Ceremony
from grants.consent.rules import ConsentRules, consent_rules_in_force
from grants.matrix.building import REACH, WORDS, hidden_fields
from grants.models import Mode
from grants.rules import rules_in_force
from tenants.queries import language_in_force

CUSTOMER = {
    Mode.NOTIFY.value: "the customer is told",
    Mode.OPEN_TICKET.value: "an open ticket of the customer is enough",
    Mode.MUST_APPROVE.value: "the customer agrees first",
    Mode.NEVER.value: "never, as the customer wishes",
}


@dataclass(frozen=True)
class Step:
    """One consequence: what it opens, who asks, who approves, how long, and what comes with it."""

    title: str
    opens: tuple[str, ...]
    ask: str
    approve: str
    minutes: int
    longest: int
    waits: int
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """The whole page. `hidden` is one line for each panel with hidden fields, `escalate` one for each panel that says where to turn."""

    held: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    hidden: tuple[tuple[str, str], ...]
    escalate: tuple[tuple[str, str], ...]
    emergency: str


def rule_in_force() -> Rule:
    """Return the rule of the policy in force."""
    known, rules, language = roles_in_force(), rules_in_force(), language_in_force()
    roles = list(known.roles.values())
    consent = consent_rules_in_force()
    steps = []
    for consequence in CONSEQUENCES:
        ceremony = rules.ceremonies.get(consequence)
        opens = tuple(scope.may for scope in known.scopes.values() if scope.consequence == consequence)
        if ceremony and opens and _named(roles, "asks_for", consequence):
            steps.append(_step(consequence, ceremony, opens, known, consent))
    fields: dict[str, list[str]] = {}
    for one in hidden_fields(language):
        fields.setdefault(one.panel, []).append(f"{one.label} ({one.hidden})")
    return Rule(
        held=tuple(_held(role, known) for role in roles if role.scopes),
        steps=tuple(steps),
        hidden=tuple((panel, ", ".join(names)) for panel, names in fields.items()),
        escalate=tuple((panel.title, panel.escalation) for panel in language.panels if panel.escalation),
        emergency=_emergency(rules, roles),
    )


def _held(role: Role, known: Roles) -> tuple[str, str]:
    may = [scope.may for scope in known.scopes.values() if scope.key in role.scopes]
    return f"{role.title}, on {REACH[role.reach]}", "; ".join(may)


def _named(roles: list[Role], what: str, consequence: str) -> list[str]:
    power = "ask" if what == "asks_for" else "decide"
    return [role.title for role in roles if power in role.may and consequence in getattr(role, what)]


def _step(
    consequence: str, ceremony: Ceremony, opens: tuple[str, ...], known: Roles, consent: ConsentRules
) -> Step:
    roles = list(known.roles.values())
    deciders = " or ".join(_named(roles, "decides", consequence)) or "nobody"
    people = "One person" if ceremony.approvals == 1 else f"{ceremony.approvals} people"
    mode = consent.mode_for("", {consequence})
    needs = (
        "a reason" if ceremony.reason else "",
        "a ticket" if ceremony.ticket else "",
        "the decider's second factor again" if ceremony.step_up and known.sign_in.second_factor else "",
        CUSTOMER.get(mode, ""),
    )
    return Step(
        title=WORDS[consequence],
        opens=opens,
        ask=" or ".join(_named(roles, "asks_for", consequence)),
        approve=f"{people} of: {deciders}. Never who asked, nor who would use it.",
        minutes=ceremony.default_minutes,
        longest=ceremony.longest_minutes,
        waits=ceremony.pending_minutes,
        needs=tuple(one for one in needs if one),
    )


def _emergency(rules: AccessRules, roles: list[Role]) -> str:
    """Return the sentence on starting without an approval, empty where the policy allows none."""
    glass = rules.glass
    who = " or ".join(role.title for role in roles if role.key in glass.roles)
    if not who or not glass.minutes:
        return ""
    what = " and ".join(WORDS[one].lower() for one in CONSEQUENCES if one in glass.consequences)
    return (
        f"When nobody can decide in time, {who} may start {what} access alone for {glass.minutes} minutes, at most "
        f"{glass.most_per_week} times a week. Everybody who decides is told at once, and a second person reviews it."
    )

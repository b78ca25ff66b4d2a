"""What a policy would have made of the requests of the last 90 days: a pure replay, row by row as they are read.

Each request is judged by the version asked about and by the one in force, so that only what differs is counted. A person's roles are those
they hold today; the hours of a day and the daily caps of automatic approvals are left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from uuid import UUID

from accounts.roles import Roles, parse_roles
from audit.policies import ActivePolicy
from grants import policy
from grants.access_rules import NONE, AccessRules, parse_access
from grants.consent.rules import ConsentRules, parse_consent
from grants.models import AccessRequest, Mode
from opsconsole.lib.bundle import load

SHOWN = 50  # requests behind one number


@dataclass(frozen=True)
class Past:
    """One request as it was made, with the roles its user holds today. `own_mode` is what was set for this customer alone."""

    id: UUID
    asked_at: datetime
    person: str
    tenant: str
    environment: str
    ticket: str
    issue: str
    reason: str
    kind: str
    minutes: int
    scopes: frozenset[str]
    roles: frozenset[str]
    own_mode: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one policy asks for a request, or why it refuses it."""

    refused: str = ""
    approvals: int = 0
    minutes: int = 0
    step_up: bool = False
    customer: bool = False
    automatic: bool = False


@dataclass(frozen=True)
class Rules:
    """One policy version, as far as requests feel it."""

    roles: Roles
    access: AccessRules
    consent: ConsentRules

    def ceremony_of(self, past: Past) -> Outcome:
        """Return what is asked for these scopes of somebody with these roles, whatever the reason says."""
        known = self.roles.scopes
        held = [self.roles.roles[key] for key in past.roles if key in self.roles.roles]
        if past.kind == AccessRequest.Kind.BREAK_GLASS:
            return self._glass(past)
        asks_for = {consequence for role in held for consequence in role.asks_for} & set(
            self.access.ceremonies
        )
        fault = policy.scopes_fault(past.scopes, known, asks_for)
        if fault:
            return Outcome(refused=fault)
        consequences = {known[scope].consequence for scope in past.scopes}
        ceremony = self.access.ceremony_for(consequences)
        minutes = min(past.minutes, ceremony.longest_minutes)
        alone = any(rule.covers(past.scopes, past.minutes, past.roles) for rule in self.access.automatic)
        mode = self.consent.mode_for(past.environment, consequences, past.own_mode)
        if mode == Mode.NEVER.value:
            return Outcome(refused="The customer never agrees to this.")
        return Outcome(
            approvals=0 if alone else ceremony.approvals,
            minutes=minutes,
            step_up=ceremony.step_up,
            customer=mode == Mode.MUST_APPROVE.value,
            automatic=alone,
        )

    def _glass(self, past: Past) -> Outcome:
        known, glass = self.roles.scopes, self.access.glass
        consequences = [known[scope].consequence if scope in known else "" for scope in past.scopes]
        if not all(glass.open_to(consequence, past.roles) for consequence in consequences):
            return Outcome(refused="They may not break glass for all of this.")
        return Outcome(minutes=min(past.minutes, glass.minutes))

    def words_fault(self, past: Past) -> str:
        """Return why the ticket or the reason will not do, or an empty text."""
        if not self.access.ticket.fits(past.ticket):
            return f"Ticket numbers look like {self.access.ticket.example}."
        return policy.reason_fault(
            past.reason, ticket=past.ticket, rules=self.access.reason, issue=past.issue
        )

    def has_words_of(self, other: "Rules") -> bool:
        """Tell whether tickets and reasons are judged alike, so that nobody need look at them."""
        return (self.access.ticket, self.access.reason) == (other.access.ticket, other.access.reason)


def rules_of(version: ActivePolicy) -> Rules:
    """Return one stored version's rules; without any policy nothing can be asked for."""
    if not version.version:
        return Rules(Roles(), NONE, ConsentRules())
    return Rules(
        load(version.bundle, parse_roles, version.version),
        load(version.bundle, parse_access, version.version),
        load(version.bundle, parse_consent, version.version),
    )


@dataclass(frozen=True)
class Effect:
    """One way in which a draft can differ from the policy in force."""

    key: str
    title: str
    differs: Callable[[Outcome, Outcome], bool]
    says: Callable[[Outcome, Outcome], str]


def _stands(now: Outcome, then: Outcome) -> bool:
    return not now.refused and not then.refused


EFFECTS = (
    Effect(
        "refused",
        "would be refused",
        lambda now, then: bool(then.refused) and not now.refused,
        lambda now, then: then.refused,
    ),
    Effect(
        "approvals",
        "would need another approver",
        lambda now, then: _stands(now, then) and then.approvals > now.approvals,
        lambda now, then: f"{then.approvals} instead of {now.approvals or 'none'}.",
    ),
    Effect(
        "shorter",
        "would be shorter",
        lambda now, then: _stands(now, then) and then.minutes < now.minutes,
        lambda now, then: f"{then.minutes} minutes instead of {now.minutes}.",
    ),
    Effect(
        "step_up",
        "would ask for the second factor again",
        lambda now, then: _stands(now, then) and then.step_up and not now.step_up,
        lambda now, then: "The second factor is asked for again.",
    ),
    Effect(
        "customer",
        "would wait for the customer",
        lambda now, then: _stands(now, then) and then.customer and not now.customer,
        lambda now, then: "The customer decides first.",
    ),
    Effect(
        "easier",
        "would be let through more easily",
        lambda now, then: bool(_easier(now, then)),
        lambda now, then: " ".join(_easier(now, then)),
    ),
)


def _easier(now: Outcome, then: Outcome) -> list[str]:
    if now.refused and not then.refused:
        return ["It is refused now."]
    if then.refused:
        return []
    found = {
        f"{then.approvals or 'No'} approver instead of {now.approvals}.": then.approvals < now.approvals,
        f"{then.minutes} minutes instead of {now.minutes}.": then.minutes > now.minutes,
        "No second factor.": now.step_up and not then.step_up,
        "The customer is not asked.": now.customer and not then.customer,
    }
    return [sentence for sentence, holds in found.items() if holds]


@dataclass(frozen=True)
class Felt:
    """One request that would feel it, and how."""

    past: Past
    says: str


@dataclass
class Count:
    """How many requests one effect is on, and the newest of them."""

    title: str
    number: int = 0
    requests: list[Felt] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.number - len(self.requests)


@dataclass(frozen=True)
class Replay:
    """What came out: how many requests were replayed, how many would go as they do now, and the counts by effect."""

    replayed: int
    unchanged: int
    counts: Mapping[str, Count]


def replay(pasts: Iterable[Past], *, in_force: Rules, draft: Rules) -> Replay:
    """Return what a draft changes for these requests, newest first as they come."""
    counts = {effect.key: Count(effect.title) for effect in EFFECTS}
    replayed = unchanged = 0
    for past, now, then in _judged(pasts, in_force, draft):
        replayed += 1
        felt = [effect for effect in EFFECTS if effect.differs(now, then)]
        unchanged += not felt
        for effect in felt:
            count = counts[effect.key]
            count.number += 1
            if len(count.requests) < SHOWN:
                count.requests.append(Felt(past, effect.says(now, then)))
    return Replay(replayed, unchanged, counts)


def _judged(pasts: Iterable[Past], in_force: Rules, draft: Rules) -> Iterator[tuple[Past, Outcome, Outcome]]:
    """Judge each request by both; requests that differ in nothing a ceremony looks at are judged once."""
    same_words = in_force.has_words_of(draft)
    kept: dict[tuple[object, ...], Past] = {}

    @cache
    def both(key: tuple[object, ...]) -> tuple[Outcome, Outcome]:
        return in_force.ceremony_of(kept[key]), draft.ceremony_of(kept[key])

    for past in pasts:
        key = (past.kind, past.scopes, past.minutes, past.roles, past.environment, past.own_mode)
        kept.setdefault(key, past)
        now, then = both(key)
        if not same_words and past.kind == AccessRequest.Kind.ASKED:
            now, then = _with_words(in_force, past, now), _with_words(draft, past, then)
        yield past, now, then


def _with_words(rules: Rules, past: Past, outcome: Outcome) -> Outcome:
    fault = "" if outcome.refused else rules.words_fault(past)
    return Outcome(refused=fault) if fault else outcome

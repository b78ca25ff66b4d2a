"""Pure rules of access: no clock, no database, no HTTP. Sentences are shown to people as they are."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.roles import Scope
from grants.access_rules import Ceremony, ReasonRules

FARTHEST_START = timedelta(
    days=7
)  # a later start is planned for within a week, the longest time a request may wait
MOST_EXTENSIONS = 2  # of one grant; its whole length stays within the policy's longest window
FEWEST_WORDS = 3  # what is left of a reason without its vague phrases must say at least this much
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Decided:
    """What one approval lets through."""

    scopes: frozenset[str]
    minutes: int


@dataclass(frozen=True)
class Deciding:
    """What decides whether somebody may decide. `in_reach` tells whether the tenant is one of theirs."""

    decider: UUID
    requester: UUID
    person: UUID
    may_decide: bool
    decides: frozenset[str]
    in_reach: bool
    earlier: Collection[UUID] = ()


def reason_fault(reason: str, *, ticket: str, rules: ReasonRules) -> str:
    """Return why a reason will not do, or an empty text. The rules are those of `access.toml`, readable by a reviewer."""
    words = _plain(reason)
    if not words:
        return "Say why you need this."
    if len(" ".join(reason.split())) < rules.shortest:
        return f"This is too short for a reviewer to follow; write at least {rules.shortest} characters."
    rest = _without(words, [_plain(ticket), *(_plain(phrase) for phrase in rules.vague)])
    if len(rest.split()) < FEWEST_WORDS and len(rest) < rules.shortest:
        return "This does not say what failed or what you want to find out."
    return ""


def better_reason(issue: str, sentences: Iterable[str]) -> str:
    """Return an example of a reason built from the case's issue and the first scope's sentence."""
    reported = " ".join(issue.split()).rstrip(".")[:120]
    wanted = next(iter(sentences), "see what the customer sees")
    return f"For example: “The customer reports: {reported}. I want to {wanted[:1].lower()}{wanted[1:].rstrip('.')} to find out why.”"


def minutes_fault(minutes: int, ceremony: Ceremony) -> str:
    """Return why this many minutes cannot be asked for, or an empty text."""
    if 1 <= minutes <= ceremony.longest_minutes:
        return ""
    return f"The policy allows 1 to {ceremony.longest_minutes} minutes for this."


def start_fault(starts_at: datetime | None, now: datetime) -> str:
    """Return why access cannot start then, or an empty text. No start means: at approval."""
    if starts_at is None:
        return ""
    if starts_at < now:
        return "This start is in the past. Leave it empty to start at approval."
    if starts_at > now + FARTHEST_START:
        return f"A start can be at most {FARTHEST_START.days} days ahead."
    return ""


def scopes_fault(scopes: Collection[str], known: Mapping[str, Scope], asks_for: Collection[str]) -> str:
    """Return why these scopes cannot be asked for by somebody who asks for these consequences, or an empty text."""
    if not scopes:
        return "Choose at least one thing you need."
    unknown = sorted(set(scopes) - set(known))
    if unknown:
        return f"The policy knows no {', '.join(unknown)}."
    closed = sorted(scope for scope in scopes if known[scope].consequence not in asks_for)
    if closed:
        return f"Your role does not ask for {', '.join(closed)}."
    return ""


def decision_fault(who: Deciding, consequences: Collection[str]) -> str:
    """Return why this person may not decide on these consequences, or an empty text (NIST AC-5, AC-6)."""
    if who.decider in (who.requester, who.person):
        return "You asked for this or would use it, so somebody else decides."
    if not who.may_decide or not who.in_reach:
        return "You do not decide on requests for this tenant."
    missing = sorted(set(consequences) - who.decides)
    if missing:
        return (
            f"Your role does not decide on {' or '.join(word.replace('_', ' ') for word in missing)} access."
        )
    if who.decider in who.earlier:
        return "You have decided already; the next approval comes from somebody else."
    return ""


def what_remains(scopes: Iterable[str], minutes: int, approvals: Iterable[Decided]) -> Decided:
    """Return the intersection of what was asked and every approval so far."""
    kept, least = frozenset(scopes), minutes
    for approval in approvals:
        kept, least = kept & approval.scopes, min(least, approval.minutes)
    return Decided(kept, least)


def widening_fault(chosen: Decided, remaining: Decided) -> dict[str, str]:
    """Return one sentence for each field of a decision that goes beyond what remains, empty when it narrows or keeps."""
    errors = {}
    if not chosen.scopes:
        errors["scopes"] = "Leave at least one scope, or deny the request."
    elif not chosen.scopes <= remaining.scopes:
        errors["scopes"] = f"Nobody asked for {', '.join(sorted(chosen.scopes - remaining.scopes))}."
    if not 1 <= chosen.minutes <= remaining.minutes:
        errors["minutes"] = f"Choose 1 to {remaining.minutes} minutes; you can shorten, not lengthen."
    return errors


def window(now: datetime, starts_at: datetime | None, minutes: int) -> tuple[datetime, datetime]:
    """Return start and end of a grant decided `now`: the clock starts at approval, or at the later start asked for."""
    start = max(now, starts_at) if starts_at else now
    return start, start + timedelta(minutes=minutes)


def state_at(now: datetime, *, starts_at: datetime, expires_at: datetime, ended_at: datetime | None) -> str:
    """Return scheduled, live or ended: what a grant is at one moment, whatever the sweeps have written so far."""
    if ended_at is not None or now >= expires_at:
        return "ended"
    return "live" if now >= starts_at else "scheduled"


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _without(words: str, phrases: Iterable[str]) -> str:
    rest = f" {words} "
    for phrase in sorted(filter(None, phrases), key=len, reverse=True):
        while f" {phrase} " in rest:
            rest = rest.replace(f" {phrase} ", " ")
    return rest.strip()

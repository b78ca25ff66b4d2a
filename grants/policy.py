"""Pure rules of access: no clock, no database, no HTTP. Sentences are shown to people as they are."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from accounts.roles import Scope
from grants.access_rules import Ceremony, ReasonRules
from grants.hours import Hours, closing

FARTHEST_START = timedelta(
    days=7
)  # a later start is planned for within a week, the longest time a request may wait
MOST_EXTENSIONS = 2  # of one grant; its whole length stays within the policy's longest window
FEWEST_WORDS = 3  # what is left of a reason without its vague phrases must say at least this much
LONG_WORD = 5  # letters; shorter words of the reported issue say little
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


def reason_fault(reason: str, *, ticket: str, rules: ReasonRules, issue: str | None = None) -> str:
    """Return why a reason will not do, or an empty text. The rules are those of `access.toml`, readable by a reviewer.

    `issue` is what the case says failed; without one, naming what failed is not asked for.
    """
    words = plain(reason)
    if not words:
        return "Say why you need this."
    if len(" ".join(reason.split())) < rules.shortest:
        return f"This is too short for a reviewer to follow; write at least {rules.shortest} characters."
    rest = _without(words, [plain(ticket), *(plain(phrase) for phrase in rules.vague)])
    if len(rest.split()) < FEWEST_WORDS and len(rest) < rules.shortest:
        return "This does not say what failed or what you want to find out."
    if issue is not None and rules.names_what_failed and not _names_what_failed(rest, issue, rules):
        return "Name what failed, in the customer's words or your own."
    return ""


def better_reason(issue: str, scopes: Iterable[Scope], failed: str = "") -> str:
    """Return an example of a reason built from what the case says failed and the first scope's sentence."""
    reported = " ".join((failed or issue).split()).rstrip(".")[:120]
    scope = next(iter(scopes), None)
    wanted = scope.may.rstrip(".") if scope else "See what the customer sees"
    wanted = f"{wanted[:1].lower()}{wanted[1:]}"
    changes = scope is not None and scope.consequence == "corrective"
    why = "because that should put it right" if changes else "to find out why"
    return f"The customer reports: {reported}. I want to {wanted}, {why}."


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


def window(
    now: datetime, starts_at: datetime | None, minutes: int, limits: Iterable[Hours] = ()
) -> tuple[datetime, datetime]:
    """Return start and end of a grant decided `now`: the clock starts at approval, or at the later start asked for.

    Hours that limit it end it when the first of them closes. Raises `ValueError` with a sentence where one is closed at the start.
    """
    start = max(now, starts_at) if starts_at else now
    end = start + timedelta(minutes=minutes)
    closes = closing(limits, start)
    return start, min(end, closes) if closes else end


def state_at(now: datetime, *, starts_at: datetime, expires_at: datetime, ended_at: datetime | None) -> str:
    """Return scheduled, live or ended: what a grant is at one moment, whatever the sweeps have written so far."""
    if ended_at is not None or now >= expires_at:
        return "ended"
    return "live" if now >= starts_at else "scheduled"


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Return the words of a text in lower case, one space apart."""
    return " ".join(_WORD.findall(text.casefold()))


def _without(words: str, phrases: Iterable[str]) -> str:
    rest = f" {words} "
    for phrase in sorted(filter(None, phrases), key=len, reverse=True):
        while f" {phrase} " in rest:
            rest = rest.replace(f" {phrase} ", " ")
    return rest.strip()


def _names_what_failed(words: str, issue: str, rules: ReasonRules) -> bool:
    empty = {word for phrase in rules.vague for word in plain(phrase).split()}
    reported = [word for word in plain(issue).split() if len(word) >= LONG_WORD and word not in empty]
    starts = tuple(failure.casefold()[:-1] for failure in rules.failures if failure.endswith("*"))
    whole = {failure.casefold() for failure in rules.failures if not failure.endswith("*")}
    starts += tuple(word[:LONG_WORD] for word in reported)
    return any(word in whole or word.startswith(starts) for word in words.split())

"""The pure rules of a support session: whether it lives at a moment, and if not, why; no clock, no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from impersonation.models import SupportSession
from impersonation.session_rules import SessionRules

Cause = SupportSession.Cause


@dataclass(frozen=True)
class Facts:
    """What decides over a session, all read in one query. `held` are the session's scopes that its grant gives at `now`."""

    now: datetime
    ends_at: datetime
    ended_at: datetime | None
    cause: str
    mode: str
    human_at: datetime
    agent_active: bool
    may_act: bool
    same_password: bool
    signed_in: bool
    tenant_open: bool
    grant_until: datetime
    grant_ended: bool
    held: frozenset[str]


def end_of(facts: Facts, rules: SessionRules) -> str:
    """Return why a session gives nothing any more at `now`, or an empty text while it lives."""
    if facts.ended_at is not None:
        return facts.cause
    checks = (
        (Cause.OFF_BOARDED, not facts.agent_active),
        (Cause.PASSWORD, not facts.same_password),
        (Cause.SIGNED_OUT, not facts.signed_in),
        (Cause.SUSPENDED, not facts.tenant_open),
        (Cause.TIME, facts.now >= facts.ends_at),
        (Cause.IDLE, facts.now >= idle_at(facts.human_at, rules)),
        (Cause.DEMOTED, not facts.may_act),
        (Cause.GRANT, facts.grant_ended or facts.now >= facts.grant_until),
        (Cause.DEMOTED, not facts.held),
        (Cause.NARROWED, not still_open(facts.mode, facts.held, rules)),
    )
    return next((str(cause) for cause, holds in checks if holds), "")


def still_open(mode: str, held: Collection[str], rules: SessionRules) -> bool:
    """Tell whether the scopes held still open a session of this mode."""
    return mode == SupportSession.Mode.CONSOLE or mode in rules.modes_of(set(held))


def idle_at(human_at: datetime, rules: SessionRules) -> datetime:
    """Return when a session ends that nobody uses any more (NIST AC-11, AC-12)."""
    return human_at + timedelta(minutes=rules.idle_minutes)


def window(now: datetime, minutes: int | None, grant_until: datetime, rules: SessionRules) -> datetime:
    """Return when a session ends that starts now: the minutes wished for or the policy's, never after its grant."""
    wished = min(minutes or rules.default_minutes, rules.longest_minutes)
    return min(now + timedelta(minutes=wished), grant_until)


def length_words(length: timedelta) -> str:
    """Return a length of time in words: seconds under a minute, else whole minutes."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = round(seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"

"""The verb that starts a support session."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Person, SignIn
from accounts.queries import powers_of
from audit.actions import record
from audit.policies import active_policy
from grants.actions.errors import about, broken_constraint
from grants.backends import LiveGrant, live_grant
from grants.models import Grant
from impersonation import policy
from impersonation.actions.ending import end_if_over
from impersonation.actions.listing import subject_named
from impersonation.models import SessionTrace, SupportSession
from impersonation.queries.state import stamp_of
from impersonation.queries.subjects import Subject, staff_fault
from impersonation.session_rules import session_rules_in_force
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

MODES = {
    SupportSession.Mode.VIEW: "only to look",
    SupportSession.Mode.ACT: "to act",
    SupportSession.Mode.CONSOLE: "in the console only",
}


class MayNotStart(Refused):
    """The person does not hold this access, or their role uses no sessions."""

    code = "may_not_start_session"


class NotThisSubject(Refused):
    """Nobody may act for this user: switched off, superior, one's own colleague or oneself."""

    code = "not_this_subject"


class NothingToStandOn(Conflict):
    """The access is not live."""

    code = "grant_not_live"


class InASession(Conflict):
    """A person works in one session at a time; a nested start ends here too."""

    code = "in_a_session"


@dataclass(frozen=True)
class _Wish:
    subject: Subject | None
    mode: str
    minutes: int | None
    sign_in: SignIn | None


def start_session(
    *,
    actor: Person,
    grant: Grant,
    subject_id: str = "",
    mode: str = "",
    minutes: int | None = None,
    sign_in: SignIn | None = None,
) -> SupportSession:
    """Start a support session under one's own live grant and return it; without a subject it is one in the console only.

    `mode` is view, act or empty for the widest the grant gives; `minutes` are at most the policy's. Raises `MayNotStart`,
    `NotThisSubject`, `NothingToStandOn`, `InASession`, `StepUpNeeded`, `Invalid` for a subject or minutes that cannot be.
    """
    _guard(actor, grant)
    subject = _subject(actor, grant, subject_id.strip())
    try:
        with transaction.atomic(durable=True):
            return _start(actor, grant, _Wish(subject, mode, minutes, sign_in))
    except IntegrityError as error:
        if broken_constraint(error) != "impersonation_session_one_live":
            raise
    raise _in_a_session(grant)


def _guard(actor: Person, grant: Grant) -> None:
    if actor.pk != grant.person_id or "act" not in powers_of(actor, fresh=True).may:
        error = MayNotStart("Only the holder of this access starts a session under it.", scope="act")
        raise about(error, tenant=grant.tenant, trail=grant.trail())
    end_if_over(agent=actor)
    if SupportSession.objects.filter(agent=actor, ended_at__isnull=True).exists():
        raise _in_a_session(grant)


def _subject(actor: Person, grant: Grant, subject_id: str) -> Subject | None:
    """Return the user to act for, as the source has them now. Raises `NotThisSubject`, `Invalid` for one that is not there."""
    if not subject_id:
        return None
    subject = subject_named(actor=actor, grant=grant, subject_id=subject_id)
    if subject is None:
        raise Invalid({"subject": f"{grant.tenant.name} has no such user."})
    fault = subject.fault or staff_fault(subject, actor)
    if fault:
        raise about(NotThisSubject(f"{fault} Choose another."), tenant=grant.tenant, trail=grant.trail())
    return subject


def _start(actor: Person, grant: Grant, wish: _Wish) -> SupportSession:
    locked = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("case", "tenant", "person")
        .get(pk=grant.pk)
    )
    agent = Person.objects.get(pk=actor.pk)
    guard_step_up(actor, "start_session")
    held = _held(agent, locked)
    now = database_now()
    if not held:
        error = NothingToStandOn("This access gives nothing at the moment.", state="ended")
        raise about(error, tenant=locked.tenant, trail=locked.trail())
    session = SupportSession(
        agent=agent,
        agent_stamp=stamp_of(agent),
        sign_in=wish.sign_in,
        tenant=locked.tenant,
        grant=locked,
        case=locked.case,
        mode=_mode(locked, wish, frozenset(held)),
        scopes=sorted(held),
        started_at=now,
        ends_at=_ends_at(wish.minutes, held, now),
        policy_version=active_policy().version,
    )
    if wish.subject:
        session.subject_id, session.subject_label = wish.subject.id, wish.subject.name
        session.subject_role = wish.subject.role
    session.save(force_insert=True)
    SessionTrace.objects.create(session=session, last_seen_at=now, human_at=now)
    _record(session, held)
    return session


def _held(agent: Person, grant: Grant) -> dict[str, LiveGrant]:
    scopes = grant.scopes.values_list("scope", flat=True)
    found = {scope: live_grant(agent, scope, grant.tenant) for scope in scopes}
    return {scope: live for scope, live in found.items() if live and live.id == grant.pk}


def _mode(grant: Grant, wish: _Wish, held: frozenset[str]) -> str:
    """Return the mode that was wished for, or the widest. Raises `MayNotStart` where the grant does not give it."""
    if wish.subject is None:
        if wish.mode not in ("", SupportSession.Mode.CONSOLE):
            raise Invalid({"subject": "Choose the user whose product you want to see."})
        return SupportSession.Mode.CONSOLE.value
    rules = session_rules_in_force()
    modes = rules.modes_of(held)
    if wish.mode and wish.mode not in SupportSession.Mode.values:
        raise Invalid({"mode": "Choose one of the ways that are offered."})
    if not modes or (wish.mode and wish.mode not in modes):
        missing = rules.act if wish.mode == SupportSession.Mode.ACT else rules.view
        error = MayNotStart(
            "This access does not let you do that as one of the customer's users.", scope=missing
        )
        raise about(error, tenant=grant.tenant, trail=grant.trail())
    return wish.mode or modes[0]


def _ends_at(minutes: int | None, held: dict[str, LiveGrant], now: datetime) -> datetime:
    rules = session_rules_in_force()
    if minutes is not None and not 1 <= minutes <= rules.longest_minutes:
        raise Invalid({"minutes": f"A session lasts 1 to {rules.longest_minutes} minutes."})
    return policy.window(now, minutes, max(live.until for live in held.values()), rules)


def _record(session: SupportSession, held: dict[str, LiveGrant]) -> None:
    record(
        "session.started",
        actor=session.agent.as_actor(),
        tenant=session.tenant.as_ref(),
        obj=session.as_ref(),
        subject=session.subject_ref(),
        trail=session.trail(),
        authority=next(iter(held.values())).because,
        private={"subject_name": session.subject_label} if session.subject_label else None,
        mode=MODES[SupportSession.Mode(session.mode)],
        scopes=session.scopes,
        until=written(session.ends_at),
    )


def _in_a_session(grant: Grant) -> InASession:
    error = InASession(
        "You work in a support session already. End it first, then start this one.", state="live"
    )
    return about(error, tenant=grant.tenant, trail=grant.trail())

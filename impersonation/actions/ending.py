"""The verbs that end support sessions. Whatever ends one, its row and its one event are written here, once."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.refs import SYSTEM
from grants.actions.ending import may_revoke
from grants.actions.errors import about
from grants.consent.actions.linking import make_receipt
from grants.models import Grant
from impersonation import hooks, policy
from impersonation.models import SupportSession
from impersonation.queries.state import State, open_states, states_of_grants
from impersonation.session_rules import session_rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Refused

Cause = SupportSession.Cause
BEHIND: dict[str, str] = {Grant.Cause.OFF_BOARDED: Cause.OFF_BOARDED, Grant.Cause.SUSPENDED: Cause.SUSPENDED}
"""Why the access ended -> why its session did; any other end of the access is simply that."""


class MayNotEnd(Refused):
    code = "may_not_end_session"


def end_session(*, actor: Person | None, session_id: UUID, cause: str = "") -> bool:
    """End a session and return True where this call ended it; one that has ended stays as it is.

    `actor` is None where the console itself found the end; `cause` may be left out for a person: the agent left, or somebody else ended
    it. One whose time or patience was over before that says so. Raises `MayNotEnd`.
    """
    with transaction.atomic():
        session = _lock(session_id)
        if actor is not None and not may_end(actor, session):
            error = MayNotEnd(
                "Only the agent, an approver or an administrator ends this session.", scope="decide"
            )
            raise about(error, tenant=session.tenant, trail=session.trail())
        if session.ended_at is not None:
            return False
        if not cause:
            cause = Cause.LEFT if actor is None or actor.pk == session.agent_id else Cause.LEAD
        over, ended_at = _over_by_the_clock(session)
        _end(session, actor=None if over else actor, cause=over or cause, ended_at=ended_at)
    return True


def end_all(*, actor: Person) -> int:
    """End every session that this person may end but their own, one transaction each, and return how many. Raises `MayNotEnd`."""
    if not {"decide", "manage_people"} & powers_of(actor, fresh=True).may:
        raise MayNotEnd(
            "Only people who decide on access, or manage people, end all sessions.", scope="decide"
        )
    ended = 0
    for session in SupportSession.objects.filter(ended_at__isnull=True).exclude(agent=actor):
        if may_end(actor, session):
            ended += end_session(actor=actor, session_id=session.pk, cause=Cause.ALL)
    return ended


def end_sessions_of(*, actor: Person | None, person: Person, reason: str) -> list[str]:
    """End the session of a person who leaves and return a sentence for it; registered as an ender."""
    del actor, reason  # both stand in the event of the off-boarding
    found = SupportSession.objects.filter(agent=person, ended_at__isnull=True).select_related("tenant")
    return [
        f"The support session on {session.tenant} was ended."
        for session in found
        if end_session(actor=None, session_id=session.pk, cause=Cause.OFF_BOARDED)
    ]


def end_beyond_roles(*, actor: Person | None, person: Person, reason: str) -> list[str]:
    """End the session of a person whose roles no longer allow it, within the change of roles, and return a sentence for it."""
    del actor, reason  # both stand in the event of the change
    return [
        f"The support session on {state.session.tenant} was ended."
        for state in open_states()
        if state.session.agent_id == person.pk
        and not state.live
        and end_session(actor=None, session_id=state.session.pk, cause=state.cause)
    ]


def follow_grants(*, grant_ids: list[UUID], ended: bool) -> None:
    """Close what stands on grants that ended or became less, in the verb's transaction; what goes on under fewer scopes is told."""
    for state in states_of_grants(grant_ids):
        if ended or not state.live:
            end_session(actor=None, session_id=state.session.pk, cause=_cause_behind(state))
        else:
            _narrow(state)


def _cause_behind(state: State) -> str:
    """Return why a session ends with its access: for the reason why that ended, where it has a name of its own."""
    if state.cause not in ("", Cause.GRANT):
        return state.cause
    ended = Grant.objects.values_list("end_cause", flat=True).get(pk=state.session.grant_id)
    return BEHIND.get(ended, Cause.GRANT)


def end_if_over(*, agent: Person | None = None) -> int:
    """Write the end of every session, or of one agent's, that gives nothing any more, and return how many it were.

    What is over by the law is over already (design.md, law 1); this writes it down, also after a crash.
    """
    return sum(
        end_session(actor=None, session_id=state.session.pk, cause=state.cause)
        for state in open_states()
        if not state.live and (agent is None or state.session.agent_id == agent.pk)
    )


def may_end(actor: Person, session: SupportSession) -> bool:
    """Tell whether a person may end a session: its agent, and whoever may end the access under it."""
    return actor.pk == session.agent_id or may_revoke(actor, session.grant)


def _lock(session_id: UUID) -> SupportSession:
    return (
        SupportSession.objects.select_for_update(of=("self",))
        .select_related("agent", "tenant", "case", "grant", "grant__tenant", "grant__request", "trace")
        .get(pk=session_id)
    )


def _over_by_the_clock(session: SupportSession) -> tuple[str, datetime]:
    """Return the cause that came before this call, and since when; no cause and now where there was none."""
    now, idle = database_now(), policy.idle_at(session.trace.human_at, session_rules_in_force())
    if now >= session.ends_at and session.ends_at <= idle:
        return Cause.TIME, session.ends_at
    return (Cause.IDLE, max(idle, session.started_at)) if now >= idle else ("", now)


def _end(session: SupportSession, *, actor: Person | None, cause: str, ended_at: datetime) -> None:
    session.ended_at, session.cause, session.ended_by = ended_at, cause, actor
    session.save(update_fields=["ended_at", "cause", "ended_by"])
    record(
        "session.ended",
        actor=actor.as_actor() if actor else SYSTEM,
        tenant=session.tenant.as_ref(),
        obj=session.as_ref(),
        subject=session.subject_ref(),
        trail=session.trail(),
        authority="role" if actor else "none",
        agent=session.agent.display_name,
        cause=Cause(cause).label.lower(),
        by=actor.display_name if actor and actor.pk != session.agent_id else None,
        lasted=policy.length_words(ended_at - session.started_at),
    )
    if session.subject_id:
        make_receipt(tenant=session.tenant, about=session.pk, now=database_now())
    for hear in hooks.ended:
        transaction.on_commit(partial(hear, session.pk))


def _narrow(state: State) -> None:
    session = state.session
    record(
        "session.narrowed",
        actor=SYSTEM,
        tenant=session.tenant.as_ref(),
        obj=session.as_ref(),
        subject=session.subject_ref(),
        trail=session.trail(),
        authority="none",
        agent=session.agent.display_name,
        kept=sorted(state.scopes),
    )
    for hear in hooks.changed:
        transaction.on_commit(partial(hear, session.pk))

"""A request under its lock, and what must hold for a decision on it. Everything is read again from the database here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from grants import policy
from grants.actions.errors import about
from grants.chain import users_of
from grants.models import AccessRequest, Approval, Case
from grants.reach import decides_for
from grants.rules import rules_in_force
from grants.standing import how_it_stands, state_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import StepUpNeeded, guard_step_up


class MayNotDecide(Refused):
    code = "may_not_decide"


class DecidedAlready(Conflict):
    """Somebody was first, or what was shown is no longer what is asked."""

    code = "decided_already"


class NoLongerPossible(Conflict):
    """What the request rests on is gone: the person, the tenant, the case, the policy's permission."""

    code = "no_longer_possible"


@dataclass(frozen=True)
class Question:
    """A locked request at one moment, with what earlier approvers of this round left of it."""

    request: AccessRequest
    consequences: dict[str, str]
    earlier: tuple[Approval, ...]
    remaining: policy.Decided
    said: tuple[str, ...]
    now: datetime


def lock_question(request_id: UUID) -> Question:
    """Lock a request and return it with the clock read after the lock. Call it inside the verb's transaction."""
    request = (
        AccessRequest.objects.select_for_update(of=("self", "case"))
        .select_related("case", "tenant", "person", "requester")
        .get(pk=request_id)
    )
    now = database_now()
    consequences = {row.scope: row.consequence for row in request.scopes.all()}
    earlier = tuple(
        request.approvals.filter(round=request.round, decision=Approval.Decision.APPROVE)
        .select_related("decider")
        .prefetch_related("scopes")
    )
    let_through = [
        policy.Decided(frozenset(row.scope for row in approval.scopes.all()), approval.minutes or 0)
        for approval in earlier
    ]
    remaining = policy.what_remains(consequences, request.minutes, let_through)
    said = tuple(request.messages.order_by("said_at").values_list("text", flat=True))
    return Question(request, consequences, earlier, remaining, said, now)


def guard_decider(actor: Person, question: Question, consequences: set[str]) -> None:
    """Raise `MayNotDecide` unless this person may decide on these consequences at this moment."""
    request = question.request
    actor.refresh_from_db(fields=["is_active"])
    powers = powers_of(actor, fresh=True)
    who = policy.Deciding(
        decider=actor.pk,
        requester=request.requester_id,
        person=request.person_id,
        may_decide="decide" in powers.may,
        decides=powers.decides,
        in_reach=decides_for(actor, powers, request.tenant),
    )
    fault = policy.decision_fault(who, consequences)
    if not fault and actor.pk in users_of(request):
        fault = "You asked for this access or held it, so somebody else decides on more of it."
    if fault:
        raise about(MayNotDecide(fault, scope="decide"), tenant=request.tenant, trail=request.trail())


def guard_standing(actor: Person | None, question: Question, digest: str) -> None:
    """Raise unless the request waits, is what the decider was shown, and rests on a person, tenant and case that still stand."""
    request, now = question.request, question.now
    state = state_of(request, now)
    fault: Conflict | None = None
    decided_by_actor = actor is not None and any(
        approval.decider_id == actor.pk for approval in question.earlier
    )
    if state != AccessRequest.Status.PENDING:
        fault = DecidedAlready(how_it_stands(request, now), state=state)
    elif decided_by_actor:
        fault = DecidedAlready(
            "You approved this already; the next approval comes from somebody else.", state=state
        )
    elif digest != request.digest:
        fault = DecidedAlready(how_it_stands(request, now), state=state)
    elif not request.person.is_active or not request.requester.is_active:
        fault = NoLongerPossible(
            "The person who asked, or would use this, no longer works here.", state=state
        )
    elif request.tenant.gone_at is not None:
        fault = NoLongerPossible("The product no longer lists this tenant.", state=state)
    elif rules_in_force().is_suspended(request.tenant.status):
        fault = NoLongerPossible("The tenant is suspended.", state=state)
    elif (request.tenant.environment, request.tenant.region) != (request.environment, request.region):
        fault = NoLongerPossible(
            "The tenant has moved to another environment or region since this was asked.", state=state
        )
    elif request.case.status != Case.Status.OPEN:
        fault = NoLongerPossible("The case is closed.", state=state)
    if fault:
        raise about(fault, tenant=request.tenant, trail=request.trail())


def guard_policy(question: Question, chosen: policy.Decided) -> int:
    """Return how many approvals are needed, by the policy of the request or the one in force, whichever asks for more."""
    request = question.request
    known, rules = roles_in_force().scopes, rules_in_force()
    asks_for = powers_of(request.person, fresh=True).asks_for & set(rules.ceremonies)
    gone = policy.scopes_fault(chosen.scopes, known, asks_for)
    if gone:
        state = request.status
        error = NoLongerPossible(
            "The policy no longer gives this to the person. It can be asked anew.", state=state
        )
        raise about(error, tenant=request.tenant, trail=request.trail())
    guard_earlier(question)
    ceremony = rules.ceremony_for(known[scope].consequence for scope in chosen.scopes)
    too_long = policy.minutes_fault(chosen.minutes, ceremony)
    if too_long:
        raise Invalid({"minutes": too_long})
    return max(request.approvals_needed, ceremony.approvals)


def guard_earlier(question: Question) -> None:
    """Raise `NoLongerPossible` where somebody who approved has left since, or may no longer decide: nothing begins on their word."""
    request = question.request
    for approval in question.earlier:
        if approval.decider and "decide" not in powers_of(approval.decider, fresh=True).may:
            sentence = "Somebody who approved this may no longer decide. It can be asked anew."
            error = NoLongerPossible(sentence, state=request.status)
            raise about(error, tenant=request.tenant, trail=request.trail())


def guard_fresh(actor: Person, question: Question, scopes: Iterable[str]) -> None:
    """Raise `StepUpNeeded` where one of these scopes is of a consequence whose decider shows a second factor first (`step_up`)."""
    request, known, rules = question.request, roles_in_force().scopes, rules_in_force()
    consequences = {question.consequences[scope] for scope in scopes}
    consequences |= {known[scope].consequence for scope in scopes if scope in known}
    if not any(rules.ceremonies[name].step_up for name in consequences & set(rules.ceremonies)):
        return
    try:
        guard_step_up(actor, "decide")
    except StepUpNeeded as error:
        raise about(error, tenant=request.tenant, trail=request.trail()) from None

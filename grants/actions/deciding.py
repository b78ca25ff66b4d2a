"""The verbs of the person who decides. The right to decide is decided again under the lock, from fresh rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from audit.actions import record
from audit.policies import active_policy
from grants import policy
from grants.actions.errors import about, broken_constraint
from grants.actions.starting import begin_grant
from grants.digest import digest_of
from grants.models import AccessRequest, Approval, ApprovalScope, Case, Grant, Outbox
from grants.notifications import tell_about_request
from grants.reach import in_reach
from grants.rules import rules_in_force
from grants.standing import how_it_stands, state_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused


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
    now: datetime


def approve(
    *, actor: Person, request_id: UUID, digest: str, scopes: Iterable[str], minutes: int, comment: str = ""
) -> Approval:
    """Approve a request, or a part of it, and return the decision. The last approval needed begins the grant.

    `digest` is the one of the page the decider saw. Raises `MayNotDecide`, `DecidedAlready`, `NoLongerPossible`, and `Invalid` for a
    decision that widens or chooses nothing.
    """
    chosen = policy.Decided(frozenset(scopes), minutes)
    try:
        with transaction.atomic(durable=True):
            return _approve(actor, request_id, digest, chosen, comment.strip())
    except IntegrityError as error:
        if broken_constraint(error) != "grants_grantscope_never_twice":
            raise
    raise NoLongerPossible("The person holds one of these on this tenant already. Wait until that ends.", state="pending")


def _approve(actor: Person, request_id: UUID, digest: str, chosen: policy.Decided, comment: str) -> Approval:
    question = _lock(request_id)
    request = question.request
    kept = chosen.scopes & question.remaining.scopes or question.remaining.scopes
    _guard_decider(actor, question, {question.consequences[scope] for scope in kept})
    _guard_standing(actor, question, digest)
    errors = policy.widening_fault(chosen, question.remaining)
    if errors:
        raise Invalid(errors)
    needed = _guard_policy(question, chosen)
    approval = _write(Approval.Decision.APPROVE, actor, question, comment, chosen)
    remaining = policy.what_remains(question.remaining.scopes, question.remaining.minutes, [chosen])
    grant = None
    if len(question.earlier) + 1 >= needed:
        request.status, request.closed_at = AccessRequest.Status.APPROVED, question.now
        request.save(update_fields=["status", "closed_at"])
        grant = begin_grant(request, question.consequences, remaining, question.now)
    else:
        request.digest = digest_of(request, remaining)
        request.save(update_fields=["digest"])
    waits_for = "" if grant else f"{needed - len(question.earlier) - 1} more approval"
    _record_approval(actor, question, chosen, grant, waits_for, comment)
    tell_about_request(Outbox.Kind.APPROVED if grant else Outbox.Kind.PART_APPROVED, request, question.now, grant=grant)
    return approval


def deny(*, actor: Person, request_id: UUID, comment: str) -> Approval:
    """Deny a request and return the decision; one denial ends it, whatever others approved before.

    Raises `MayNotDecide`, `DecidedAlready`, `Invalid` without a comment.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        question = _lock(request_id)
        request = question.request
        powers = powers_of(actor, fresh=True)
        theirs = set(question.consequences.values()) & powers.decides
        _guard_decider(actor, question, theirs or set(question.consequences.values()))
        _guard_standing(actor, question, request.digest)
        if not comment:
            raise Invalid({"comment": "Say why, so that the person who asked knows what to do next."})
        approval = _write(Approval.Decision.DENY, actor, question, comment, None)
        request.status, request.closed_at = AccessRequest.Status.DENIED, question.now
        request.save(update_fields=["status", "closed_at"])
        record(
            "request.denied",
            actor=actor.as_actor(),
            tenant=request.tenant.as_ref(),
            obj=request.as_ref(),
            trail=request.trail(),
            approval_state=request.status,
            scopes=sorted(question.consequences),
            comment=comment,
        )
        tell_about_request(Outbox.Kind.DENIED, request, question.now)
    return approval


def _lock(request_id: UUID) -> Question:
    request = (
        AccessRequest.objects.select_for_update(of=("self",))
        .select_related("case", "tenant", "person", "requester")
        .get(pk=request_id)
    )
    now = database_now()
    consequences = {row.scope: row.consequence for row in request.scopes.all()}
    earlier = tuple(request.approvals.filter(round=request.round, decision=Approval.Decision.APPROVE).prefetch_related("scopes"))
    let_through = [
        policy.Decided(frozenset(row.scope for row in approval.scopes.all()), approval.minutes or 0) for approval in earlier
    ]
    return Question(request, consequences, earlier, policy.what_remains(consequences, request.minutes, let_through), now)


def _guard_decider(actor: Person, question: Question, consequences: set[str]) -> None:
    request = question.request
    actor.refresh_from_db(fields=["is_active"])
    powers = powers_of(actor, fresh=True)
    who = policy.Deciding(
        decider=actor.pk,
        requester=request.requester_id,
        person=request.person_id,
        may_decide="decide" in powers.may,
        decides=powers.decides,
        in_reach=in_reach(actor, powers, request.tenant),
    )
    fault = policy.decision_fault(who, consequences)
    if fault:
        raise about(MayNotDecide(fault, scope="decide"), tenant=request.tenant, trail=request.trail())


def _guard_standing(actor: Person, question: Question, digest: str) -> None:
    """Raise unless the request waits, is what the decider was shown, and rests on a person, tenant and case that still stand."""
    request, now = question.request, question.now
    state = state_of(request, now)
    fault: Conflict | None = None
    decided_by_actor = any(approval.decider_id == actor.pk for approval in question.earlier)
    if state != AccessRequest.Status.PENDING:
        fault = DecidedAlready(how_it_stands(request, now), state=state)
    elif decided_by_actor:
        fault = DecidedAlready("You approved this already; the next approval comes from somebody else.", state=state)
    elif digest != request.digest:
        fault = DecidedAlready(how_it_stands(request, now), state=state)
    elif not request.person.is_active or not request.requester.is_active:
        fault = NoLongerPossible("The person who asked, or would use this, no longer works here.", state=state)
    elif request.tenant.gone_at is not None:
        fault = NoLongerPossible("The product no longer lists this tenant.", state=state)
    elif (request.tenant.environment, request.tenant.region) != (request.environment, request.region):
        fault = NoLongerPossible("The tenant has moved to another environment or region since this was asked.", state=state)
    elif request.case.status != Case.Status.OPEN:
        fault = NoLongerPossible("The case is closed.", state=state)
    if fault:
        raise about(fault, tenant=request.tenant, trail=request.trail())


def _guard_policy(question: Question, chosen: policy.Decided) -> int:
    """Return how many approvals are needed, by the policy of the request or the one in force, whichever asks for more."""
    request = question.request
    known, rules = roles_in_force().scopes, rules_in_force()
    asks_for = powers_of(request.person, fresh=True).asks_for & set(rules.ceremonies)
    gone = policy.scopes_fault(chosen.scopes, known, asks_for)
    if gone:
        state = request.status
        error = NoLongerPossible("The policy no longer gives this to the person. It can be asked anew.", state=state)
        raise about(error, tenant=request.tenant, trail=request.trail())
    ceremony = rules.ceremony_for(known[scope].consequence for scope in chosen.scopes)
    too_long = policy.minutes_fault(chosen.minutes, ceremony)
    if too_long:
        raise Invalid({"minutes": too_long})
    return max(request.approvals_needed, ceremony.approvals)


def _write(
    decision: Approval.Decision, actor: Person, question: Question, comment: str, chosen: policy.Decided | None
) -> Approval:
    request = question.request
    approval = Approval(
        request=request,
        requester_id=request.requester_id,
        person_id=request.person_id,
        decider=actor,
        decision=decision,
        digest=request.digest,
        round=request.round,
        minutes=chosen.minutes if chosen else None,
        scope_count=len(chosen.scopes) if chosen else 0,
        comment=comment,
        policy_version=active_policy().version,
        decided_at=question.now,
    )
    approval.save(force_insert=True)
    ApprovalScope.objects.bulk_create(
        ApprovalScope(approval=approval, request=request, scope=scope) for scope in sorted(chosen.scopes if chosen else ())
    )
    return approval


def _record_approval(
    actor: Person, question: Question, chosen: policy.Decided, grant: Grant | None, waits_for: str, comment: str
) -> None:
    request = question.request
    record(
        "request.approved",
        actor=actor.as_actor(),
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=grant.trail() if grant else request.trail(),
        approval_state=request.status,
        scopes=sorted(chosen.scopes),
        minutes=chosen.minutes,
        dropped=sorted(question.remaining.scopes - chosen.scopes),
        until=f"{grant.expires_at:%-d %b %Y, %H:%M:%S} UTC" if grant else "",
        waits_for=waits_for,
        comment=comment,
    )

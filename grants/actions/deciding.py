"""The verbs of the person who decides. The right to decide is decided again under the lock, from fresh rows."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.policies import active_policy
from grants import policy
from grants.actions.errors import broken_constraint
from grants.actions.question import (
    NoLongerPossible,
    Question,
    guard_decider,
    guard_policy,
    guard_standing,
    lock_question,
)
from grants.actions.starting import begin_grant, extend_grant
from grants.digest import digest_of
from grants.models import AccessRequest, Approval, ApprovalScope, Grant, Outbox
from grants.notifications import tell_about_request
from opsconsole.lib.errors import Invalid


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
    raise NoLongerPossible(
        "The person holds one of these on this tenant already. Wait until that ends.", state="pending"
    )


def _approve(actor: Person, request_id: UUID, digest: str, chosen: policy.Decided, comment: str) -> Approval:
    question = lock_question(request_id)
    request = question.request
    kept = chosen.scopes & question.remaining.scopes or question.remaining.scopes
    guard_decider(actor, question, {question.consequences[scope] for scope in kept})
    guard_standing(actor, question, digest)
    errors = policy.widening_fault(chosen, question.remaining)
    if request.extends_id and chosen.scopes < question.remaining.scopes:
        errors["scopes"] = "An extension is for the whole access. Shorten it, or deny it."
    if errors:
        raise Invalid(errors)
    needed = guard_policy(question, chosen)
    approval = _write(Approval.Decision.APPROVE, actor, question, comment, chosen)
    remaining = policy.what_remains(question.remaining.scopes, question.remaining.minutes, [chosen])
    grant = None
    if len(question.earlier) + 1 >= needed:
        request.status, request.closed_at = AccessRequest.Status.APPROVED, question.now
        request.save(update_fields=["status", "closed_at"])
        grant = _give(question, remaining)
    else:
        request.digest = digest_of(request, remaining, question.said)
        request.save(update_fields=["digest"])
    waits_for = "" if grant else f"{needed - len(question.earlier) - 1} more approval"
    _record_approval(actor, approval, question, grant, waits_for)
    tell_about_request(
        Outbox.Kind.APPROVED if grant else Outbox.Kind.PART_APPROVED, request, question.now, grant=grant
    )
    return approval


def _give(question: Question, decided: policy.Decided) -> Grant:
    """Begin the grant that was asked for, or move the end of the one that is extended."""
    request = question.request
    if request.extends_id is None:
        return begin_grant(request, question.consequences, decided, question.now)
    return extend_grant(request, decided)


def deny(*, actor: Person, request_id: UUID, comment: str) -> Approval:
    """Deny a request and return the decision; one denial ends it, whatever others approved before.

    Raises `MayNotDecide`, `DecidedAlready`, `Invalid` without a comment.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        question = lock_question(request_id)
        request = question.request
        powers = powers_of(actor, fresh=True)
        theirs = set(question.consequences.values()) & powers.decides
        guard_decider(actor, question, theirs or set(question.consequences.values()))
        guard_standing(actor, question, request.digest)
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


def _write(
    decision: Approval.Decision,
    actor: Person,
    question: Question,
    comment: str,
    chosen: policy.Decided | None,
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
        ApprovalScope(approval=approval, request=request, scope=scope)
        for scope in sorted(chosen.scopes if chosen else ())
    )
    return approval


def _record_approval(
    actor: Person, approval: Approval, question: Question, grant: Grant | None, waits_for: str
) -> None:
    request = question.request
    kept = {row.scope for row in approval.scopes.all()}
    record(
        "request.approved",
        actor=actor.as_actor(),
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=replace(request.trail(), grant_id=grant.pk if grant else None),
        approval_state=request.status,
        scopes=sorted(kept),
        minutes=approval.minutes,
        dropped=sorted(question.remaining.scopes - kept),
        until=f"{grant.expires_at:%-d %b %Y, %H:%M:%S} UTC" if grant else "",
        waits_for=waits_for,
        comment=approval.comment,
    )

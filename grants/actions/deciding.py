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
from grants.actions.completing import complete, guard_mode
from grants.actions.errors import about, broken_constraint
from grants.actions.question import (
    DecidedAlready,
    NoLongerPossible,
    Question,
    guard_decider,
    guard_fresh,
    guard_policy,
    guard_standing,
    lock_question,
)
from grants.consent.standing import Consent, consent_of
from grants.digest import digest_of
from grants.models import AccessRequest, Approval, ApprovalScope, Grant, Outbox
from grants.notifications import tell_about_request
from opsconsole.lib.clock import written
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
    guard_fresh(actor, question, kept)
    errors = policy.widening_fault(chosen, question.remaining)
    if request.extends_id and chosen.scopes < question.remaining.scopes:
        errors["scopes"] = "An extension is for the whole access. Shorten it, or deny it."
    if errors:
        raise Invalid(errors)
    needed, consent = guard_policy(question, chosen), consent_of(request)
    guard_mode(question, chosen)
    _guard_enough(question, needed)
    approval = _write(Approval.Decision.APPROVE, actor, question, comment, chosen)
    remaining = policy.what_remains(question.remaining.scopes, question.remaining.minutes, [chosen])
    left = max(0, needed - len(question.earlier) - 1)
    grant = complete(question, remaining) if consent.stands and not left else None
    if grant is None:
        request.digest = digest_of(request, remaining, question.said)
        request.save(update_fields=["digest"])
    _record_approval(actor, approval, question, grant, "" if grant else _waits_for(left, consent))
    tell_about_request(_kind(grant, left), request, question.now, grant=grant)
    return approval


def _guard_enough(question: Question, needed: int) -> None:
    """Raise where staff have approved enough and the customer is the one who is waited for."""
    request = question.request
    if len(question.earlier) >= max(1, needed):
        error = DecidedAlready(
            "Enough people approved this; it waits for the customer.", state=request.status
        )
        raise about(error, tenant=request.tenant, trail=request.trail())


def _waits_for(left: int, consent: Consent) -> str:
    parts = [f"{left} more approval{'' if left == 1 else 's'}"] if left else []
    return " and ".join([*parts, *(["the customer"] if consent.waits else [])])


def _kind(grant: Grant | None, left: int) -> Outbox.Kind:
    if grant:
        return Outbox.Kind.APPROVED
    return Outbox.Kind.PART_APPROVED if left else Outbox.Kind.CONSENT_ASKED


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
        guard_fresh(actor, question, question.consequences)
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
        until=written(grant.expires_at) if grant else "",
        waits_for=waits_for,
        comment=approval.comment,
    )

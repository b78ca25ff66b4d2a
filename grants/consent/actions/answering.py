"""The verbs of somebody at the customer: agree, and refuse or take back. Everything is read again under the lock of the request."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from audit.actions import record
from grants.actions.completing import complete, guard_mode
from grants.actions.errors import about, broken_constraint
from grants.actions.question import NoLongerPossible, Question, guard_policy, guard_standing, lock_question
from grants.consent.actions.asking import write_answer
from grants.consent.actions.linking import LinkIsOver, customer_of
from grants.consent.standing import Consent, consent_of
from grants.models import AccessRequest, ConsentAnswer, CustomerLink, Grant, Mode, Outbox
from grants.notifications import tell_about_request
from grants.standing import state_of
from opsconsole.lib.clock import written
from opsconsole.lib.errors import Conflict, Invalid


class AnsweredAlready(Conflict):
    """This link has given its one answer, or the request was answered by another."""

    code = "answered_already"


class NothingToAnswer(Conflict):
    """The request asks nothing of the customer any more: it is over, or the access has begun."""

    code = "nothing_to_answer"


def agree(*, link_id: UUID, digest: str) -> ConsentAnswer:
    """Agree to exactly what was shown and return the answer; where staff have approved already, access begins.

    Raises `LinkIsOver`, `AnsweredAlready`, `NothingToAnswer`, and `DecidedAlready` or `NoLongerPossible` as a decision of staff does.
    """
    try:
        with transaction.atomic(durable=True):
            return _agree(link_id, digest)
    except IntegrityError as error:
        if broken_constraint(error) != "grants_grantscope_never_twice":
            raise
    raise NoLongerPossible("The person holds this access already.", state="pending")


def _agree(link_id: UUID, digest: str) -> ConsentAnswer:
    question, link = _lock(link_id)
    request, now, consent = question.request, question.now, consent_of(question.request)
    _guard_answer(question, link, consent)
    guard_standing(None, question, digest)
    guard_mode(question, question.remaining)
    needed = guard_policy(question, question.remaining)
    answer = write_answer(request, ConsentAnswer.Answer.AGREED, question.remaining, now, link=link)
    _use(link, now)
    grant = complete(question, question.remaining) if len(question.earlier) >= needed else None
    if grant is None and consent.ask and consent.ask.staff_until > request.pending_until:
        request.pending_until = consent.ask.staff_until
        request.save(update_fields=["pending_until"])
    _record_agreed(question, grant, needed)
    tell_about_request(Outbox.Kind.CONSENT_GIVEN, request, now, grant=grant)
    return answer


def _guard_answer(question: Question, link: CustomerLink, consent: Consent) -> None:
    fault: Conflict | None = None
    if link.used_at or consent.answer or consent.refusal:
        fault = AnsweredAlready("This was answered already.", state=question.request.status)
    elif consent.mode != Mode.MUST_APPROVE:
        fault = NothingToAnswer("No answer is asked for.", state=question.request.status)
    if fault:
        raise about(fault, tenant=question.request.tenant, trail=question.request.trail())


def _record_agreed(question: Question, grant: Grant | None, needed: int) -> None:
    request, left = question.request, needed - len(question.earlier)
    record(
        "consent.given",
        actor=customer_of(request.tenant),
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=replace(request.trail(), grant_id=grant.pk if grant else None),
        authority="none",
        approval_state=request.status,
        scopes=sorted(question.remaining.scopes),
        minutes=question.remaining.minutes,
        until=written(grant.expires_at) if grant else "",
        waits_for="" if grant else f"{left} more approval{'' if left == 1 else 's'} of our staff",
    )


def refuse(*, link_id: UUID, comment: str) -> ConsentAnswer:
    """Refuse a request, or take an agreement back before the access starts, and return the answer. It beats every approval.

    Raises `LinkIsOver`, `AnsweredAlready` after a refusal, `NothingToAnswer`, `Invalid` without a word why.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        question, link = _lock(link_id)
        request, now = question.request, question.now
        ahead = _guard_refusal(question, consent_of(request))
        if not comment:
            raise Invalid({"comment": "Please say in a few words why, so that we know what to do instead."})
        answer = write_answer(
            request, ConsentAnswer.Answer.REFUSED, question.remaining, now, link=link, comment=comment
        )
        _use(link, now)
        _end(request, ahead, now)
        record(
            "consent.refused",
            actor=customer_of(request.tenant),
            tenant=request.tenant.as_ref(),
            obj=request.as_ref(),
            trail=replace(request.trail(), grant_id=ahead.pk if ahead else None),
            authority="none",
            approval_state=request.status,
            scopes=sorted(question.remaining.scopes),
            comment=comment,
            then="the access that was to start later has ended" if ahead else "the request is over",
        )
        tell_about_request(Outbox.Kind.CONSENT_REFUSED, request, now, grant=ahead)
    return answer


def _guard_refusal(question: Question, consent: Consent) -> Grant | None:
    """Return the grant that would start later, None while the request waits; raise where there is nothing left to refuse."""
    request, now = question.request, question.now
    state = state_of(request, now)
    fault: Conflict | None = None
    ahead = None
    if consent.refusal:
        fault = AnsweredAlready("You have said no to this already.", state=state)
    elif consent.mode not in (Mode.MUST_APPROVE, Mode.OPEN_TICKET):
        fault = NothingToAnswer("No answer is asked for.", state=state)
    elif state not in AccessRequest.OPEN:
        ahead = (
            request.grants.select_for_update(of=("self",))
            .filter(ended_at__isnull=True, starts_at__gt=now)
            .first()
        )
        if ahead is None:
            fault = NothingToAnswer("It has begun or ended already.", state=state)
    if fault:
        raise about(fault, tenant=request.tenant, trail=request.trail())
    return ahead


def _end(request: AccessRequest, ahead: Grant | None, now: datetime) -> None:
    if ahead is None:
        request.status, request.closed_at = AccessRequest.Status.DENIED, now
        request.save(update_fields=["status", "closed_at"])
        return
    ahead.status, ahead.ended_at, ahead.end_cause = Grant.Status.ENDED, now, Grant.Cause.CUSTOMER
    ahead.save(update_fields=["status", "ended_at", "end_cause"])


def _lock(link_id: UUID) -> tuple[Question, CustomerLink]:
    """Lock the request of a link, then the link. Raises `LinkIsOver` where it does not hold now."""
    found = CustomerLink.objects.values_list("request_id", flat=True).get(pk=link_id)
    if found is None:
        raise NothingToAnswer("This link asks nothing.", state="ledger")
    question = lock_question(found)
    link = CustomerLink.objects.select_for_update(of=("self",)).get(pk=link_id)
    if link.revoked_at or link.expires_at <= question.now:
        error = LinkIsOver("This link has ended.", state="ended")
        raise about(error, tenant=question.request.tenant, trail=question.request.trail())
    return question, link


def _use(link: CustomerLink, now: datetime) -> None:
    if link.used_at is None:
        link.used_at = now
        link.save(update_fields=["used_at"])

"""A decider sends a request back with a question; the person who asked answers it. Every decision made before counts no more."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from grants import policy
from grants.actions.asking import NotYourRequest, RequestOver
from grants.actions.errors import about
from grants.actions.question import Question, guard_decider, guard_standing, lock_question
from grants.consent.actions.asking import ask_again
from grants.digest import digest_of
from grants.models import AccessRequest, Outbox, RequestMessage
from grants.notifications import tell_about_request
from grants.standing import how_it_stands, state_of
from opsconsole.lib.errors import Invalid


def ask_back(*, actor: Person, request_id: UUID, comment: str) -> RequestMessage:
    """Send a request back with a question and return it. Raises as `deny` does."""
    comment = comment.strip()
    with transaction.atomic(durable=True):
        question = _lock_to_decide(actor, request_id)
        if not comment:
            raise Invalid({"comment": "Write the question."})
        request = question.request
        message = _say(RequestMessage.Kind.QUESTION, actor, question, comment)
        request.status = AccessRequest.Status.ASKED_BACK
        request.save(update_fields=["status"])
        record(
            "request.asked_back",
            actor=actor.as_actor(),
            tenant=request.tenant.as_ref(),
            obj=request.as_ref(),
            trail=request.trail(),
            approval_state=request.status,
            comment=comment,
        )
        tell_about_request(Outbox.Kind.ASKED_BACK, request, question.now)
    return message


def answer(*, actor: Person, request_id: UUID, comment: str) -> RequestMessage:
    """Answer the question and return the answer; the request waits anew, in a new round with a new digest.

    Raises `NotYourRequest`, `RequestOver` where no question is open, `Invalid` for an empty answer.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        question = lock_question(request_id)
        request, now = question.request, question.now
        if actor.pk not in (request.requester_id, request.person_id):
            error = NotYourRequest("Only the person who asked answers.")
            raise about(error, tenant=request.tenant, trail=request.trail())
        state = state_of(request, now)
        if state != AccessRequest.Status.ASKED_BACK:
            over = RequestOver(how_it_stands(request, now), state=state)
            raise about(over, tenant=request.tenant, trail=request.trail())
        if not comment:
            raise Invalid({"comment": "Write the answer."})
        message = _say(RequestMessage.Kind.ANSWER, actor, question, comment)
        _wait_anew(question, comment)
        record(
            "request.answered",
            actor=actor.as_actor(),
            tenant=request.tenant.as_ref(),
            obj=request.as_ref(),
            trail=request.trail(),
            approval_state=request.status,
            comment=comment,
        )
        tell_about_request(Outbox.Kind.ANSWERED, request, now)
    return message


def _lock_to_decide(actor: Person, request_id: UUID) -> Question:
    question = lock_question(request_id)
    consequences = set(question.consequences.values())
    guard_decider(actor, question, consequences & powers_of(actor, fresh=True).decides or consequences)
    guard_standing(actor, question, question.request.digest)
    return question


def _say(kind: RequestMessage.Kind, actor: Person, question: Question, text: str) -> RequestMessage:
    message = RequestMessage(
        request=question.request, kind=kind, author=actor, text=text, said_at=question.now
    )
    message.save(force_insert=True)
    return message


def _wait_anew(question: Question, text: str) -> None:
    request = question.request
    waits = request.pending_until - request.asked_at
    request.status, request.round = AccessRequest.Status.PENDING, request.round + 1
    request.pending_until = question.now + min(waits, timedelta(days=7))
    whole = policy.Decided(frozenset(question.consequences), request.minutes)
    request.digest = digest_of(request, whole, [*question.said, text])
    request.save(update_fields=["status", "round", "pending_until", "digest"])
    ask_again(request, whole.scopes, question.now)

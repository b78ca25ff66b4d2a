"""How a request stands at one moment, in words."""

from datetime import datetime

from grants.consent.standing import consent_of
from grants.models import AccessRequest, Approval, ConsentAnswer


def state_of(request: AccessRequest, now: datetime) -> str:
    """Return the request's state at a moment: one nobody decided in time has lapsed, whatever the sweeps have written so far."""
    if request.status in AccessRequest.OPEN and request.pending_until <= now:
        return AccessRequest.Status.LAPSED.value
    return request.status


def how_it_stands(request: AccessRequest, now: datetime) -> str:
    """Return one sentence that names who was first and how the request stands now."""
    state = state_of(request, now)
    if state == AccessRequest.Status.LAPSED:
        who = "The customer did not answer" if consent_of(request).waits else "Nobody decided"
        return (
            f"{who} before {request.pending_until:%H:%M} UTC, so the request lapsed. It can be asked again."
        )
    if state == AccessRequest.Status.WITHDRAWN:
        return f"The request was taken back at {_at(request.closed_at)}."
    if state == AccessRequest.Status.ASKED_BACK:
        return "The request was sent back with a question and waits for the answer."
    refused = request.consent_answers.filter(answer=ConsentAnswer.Answer.REFUSED).first()
    return f"The customer did not agree, at {_at(refused.at)}." if refused else _who_was_first(request, state)


def _who_was_first(request: AccessRequest, state: str) -> str:
    last = request.approvals.select_related("decider").order_by("-decided_at").first()
    if last and state in (AccessRequest.Status.APPROVED, AccessRequest.Status.DENIED):
        word = "approved" if last.decision == Approval.Decision.APPROVE else "denied"
        return f"{last.by} was first and {word} the request at {_at(last.decided_at)}."
    if last:
        return f"{last.by} decided at {_at(last.decided_at)}; the request has changed since you opened it."
    return "The request has changed since you opened it. Please look at it again."


def _at(moment: datetime | None) -> str:
    return f"{moment:%H:%M:%S} UTC" if moment else "an unknown time"

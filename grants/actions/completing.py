"""How a request that staff approved, and to which the customer agreed where they have a say, becomes access. Called under its lock."""

from accounts.queries import roles_in_force
from grants import policy
from grants.actions.errors import about
from grants.actions.question import NoLongerPossible, Question
from grants.actions.starting import begin_grant, extend_grant
from grants.consent.standing import consent_of, is_stricter, mode_now
from grants.models import AccessRequest, Grant


def complete(question: Question, decided: policy.Decided) -> Grant:
    """Write the request down as approved, and begin the grant that was asked for or move the end of the one it extends."""
    request = question.request
    request.status, request.closed_at = AccessRequest.Status.APPROVED, question.now
    request.save(update_fields=["status", "closed_at"])
    if request.extends_id is None:
        return begin_grant(request, question.consequences, decided, question.now)
    return extend_grant(request, decided)


def guard_mode(question: Question, decided: policy.Decided) -> None:
    """Raise `NoLongerPossible` where the customer has more of a say now than when this was asked."""
    request, known = question.request, roles_in_force().scopes
    consequences = {known[scope].consequence for scope in decided.scopes if scope in known}
    mode = mode_now(request.tenant, consequences, request.kind)
    if is_stricter(mode, consent_of(request).mode):
        sentence = (
            f"{request.tenant.name} takes part in another way since this was asked. It can be asked anew."
        )
        error = NoLongerPossible(sentence, state=request.status)
        raise about(error, tenant=request.tenant, trail=request.trail())

"""Who asked, who decided and who uses it: up to three people, and a note where one fills two of these."""

from grants.models import AccessRequest, Approval, Grant


def people_note(request: AccessRequest, grant: Grant | None = None) -> str:
    """Return the people of a request in sentences. Nobody decides on what they asked for or use, so only asking and using can meet."""
    user = grant.person if grant else request.person
    if user.pk == request.requester_id:
        first = f"{user} asked for it and uses it: one person fills both."
    else:
        taken = " took it over and" if grant and grant.handed_over_from_id else ""
        first = f"{request.requester} asked for it, {user}{taken} uses it."
    return f"{first} {_deciders(request)}"


def _deciders(request: AccessRequest) -> str:
    if request.kind == AccessRequest.Kind.BREAK_GLASS:
        return "Nobody approved it: this was an emergency start."
    approved = request.approvals.filter(decision=Approval.Decision.APPROVE, round=request.round)
    names = [approval.by for approval in approved.select_related("decider")]
    return f"Approved by: {', '.join(names)}." if names else "Nobody approved it yet."

"""What the product is told of a session: who acts for whom, how far, until when, and the banner's words. No reason, no name of staff."""

from typing import Any

from accounts.queries import powers_of
from grants.models import Approval, RequestScope
from impersonation.models import SupportSession
from impersonation.queries import State
from impersonation.queries.words import may_words

NOBODY = "nobody, an emergency start"
BY_POLICY = "a rule of the policy"


def claims_of(session: SupportSession, state: State) -> dict[str, Any]:
    """Return the claims of one live session, in their names of RFC 7519 and RFC 8693 where there are such.

    `deny` is what was asked for and left out by those who approved, and what was lost since the session began.
    """
    scopes = sorted(state.scopes)
    asked = RequestScope.objects.filter(request_id=session.grant.request_id).values_list("scope", flat=True)
    return {
        "sub": session.subject_id,
        "act": {"sub": str(session.agent_id), "name": _role(session)},
        "org": session.tenant.external_id,
        "org_label": session.tenant.name,
        "sid": str(session.pk),
        "mode": session.mode,
        "scope": " ".join(scopes),
        "deny": sorted((set(asked) | set(session.scopes)) - state.scopes),
        "grant_id": str(session.grant_id),
        "ticket": session.case.ticket,
        "session_exp": int((state.until or session.ends_at).timestamp()),
        "approver": _approver(session),
        "may": may_words(session, scopes),
    }


def _role(session: SupportSession) -> str:
    titles = powers_of(session.agent).titles
    return titles[0] if titles else "Support"


def _approver(session: SupportSession) -> str:
    """Return who approved the access, by role."""
    decisions = Approval.objects.filter(
        request_id=session.grant.request_id, decision=Approval.Decision.APPROVE
    ).select_related("decider")
    names = [
        (powers_of(each.decider).titles or ("an approver",))[0] if each.decider else BY_POLICY
        for each in decisions
    ]
    return ", ".join(dict.fromkeys(names)) or NOBODY

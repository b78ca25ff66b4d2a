"""Which pages of the console stay closed to a browser in a support session, whatever its scopes: no ticket needs them."""

import re

from grants.actions.errors import about
from impersonation.models import SupportSession
from opsconsole.lib.errors import Refused

SAFE = ("GET", "HEAD", "OPTIONS")
ALWAYS = {
    "your own password, second factors and sign-ins": r"/(password|security)/",
    "administration": r"/admin/(?!logout/)",
    "exports": r"/(audit/(evidence|retention)/|policy/matrix\.csv|reviews/access/.+/result/)",
}
CHANGES = {
    "people, their rights and consent": r"/(people|consent)/",
    "the policy": r"/policy/",
}
"""Open to read; a change waits for the end of the session."""


class ClosedInSession(Refused):
    code = "closed_in_session"


def refusal(session: SupportSession, method: str | None, path: str) -> ClosedInSession | None:
    """Return why a page is closed to a browser in this session, None for one that is open."""
    rules = ALWAYS if method in SAFE else {**ALWAYS, **CHANGES}
    what = next((what for what, pattern in rules.items() if re.match(pattern, path)), "")
    if not what:
        return None
    error = ClosedInSession(f"Pages about {what} stay closed in a support session. End the session first.")
    return about(error, tenant=session.tenant, trail=session.trail())

"""Which sign-in an event came from: a mark that stands among the fields of every event of a page (NIST AU-3, AC-5)."""

from django.http import HttpRequest

from accounts.models import SignIn
from audit.context import current

SESSION_KEY = MARK = "sign_in"


def keep_sign_in(request: HttpRequest, row: SignIn) -> None:
    """Keep the id of a sign-in in the session it opened; it says nothing of the browser to who reads the log."""
    request.session[SESSION_KEY] = str(row.pk)
    mark_sign_in(request)


def mark_sign_in(request: HttpRequest) -> None:
    """Let every event of this unit of work name the sign-in it came from; a session opened before that was kept names none."""
    context, kept = current(), request.session.get(SESSION_KEY)
    if context is not None and kept:
        context.marks[MARK] = kept

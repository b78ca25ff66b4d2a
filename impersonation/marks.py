"""How the console knows that a browser works in a support session: a mark in its Django session, no query where there is none."""

from uuid import UUID

from django.http import HttpRequest

from impersonation.models import SupportSession

KEY = "support_session"
APPROVER = "support_session_approver"


def keep(request: HttpRequest, session: SupportSession, approver: str) -> None:
    """Mark this browser: from the next answer on it shows the banner."""
    request.session[KEY], request.session[APPROVER] = str(session.pk), approver


def kept(request: HttpRequest) -> UUID | None:
    """Return the session this browser is marked with, or None."""
    value = request.session.get(KEY)
    return UUID(value) if value else None


def drop(request: HttpRequest) -> None:
    """Take the mark away."""
    for key in (KEY, APPROVER):
        request.session.pop(key, None)

"""The console's own banner: each request of a marked browser reads its session again, once, before the page (design.md, law 1)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse

from accounts.middleware import POLL_HEADER
from accounts.queries import roles_in_force
from audit.context import current
from impersonation import marks
from impersonation.actions import end_session, note_answer
from impersonation.models import SupportSession
from impersonation.product.banner import Banner, BannerMiddleware
from impersonation.queries import State, state_of


class SupportSessionMiddleware(BannerMiddleware):
    """Puts the banner on every page of a marked browser, and drops the mark of a session that lives no more, with a word to the agent."""

    def might_be_live(self, request: HttpRequest) -> bool:
        """Tell whether a live session is at work here; its events hang on it from now on."""
        if not super().might_be_live(request) or request.path.startswith("/api/"):
            return False
        session_id = marks.kept(request)
        state = _own_state(request, session_id) if session_id else None
        if state is None:
            return False
        request.support_state = state  # type: ignore[attr-defined]
        context = current()
        if context is not None:
            context.session = (state.session.pk, str(state.session.tenant_id))
        return True

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """Say once that the session has ended, and why."""
        over: str = getattr(request, "support_over", "")
        if over:
            messages.warning(request, f"Your support session has ended: {over[0].lower()}{over[1:]}.")

    def banner_of(self, request: HttpRequest) -> Banner | None:
        """Return the banner of this request's session, None where the page itself ended it."""
        state: State | None = getattr(request, "support_state", None)
        if state is None or marks.kept(request) != state.session.pk:
            return None
        session, known = state.session, roles_in_force().scopes
        return Banner(
            session_id=str(session.pk),
            agent=session.agent.display_name,
            tenant=session.tenant.name,
            subject=subject_words(session),
            ticket=session.case.ticket,
            approver=str(request.session.get(marks.APPROVER, "")),
            may=tuple(known[scope].may for scope in sorted(state.scopes) if scope in known),
            ends_at=state.until or session.ends_at,
            exit_url=reverse("impersonation:end", args=[session.pk]),
            csrf_token=get_token(request),
            page_url=session.get_absolute_url(),
        )

    def counted(self, request: HttpRequest, cause: str) -> None:
        """Count one answer; a page that a person asked for keeps the session alive, one that refreshes itself does not."""
        state: State = request.support_state  # type: ignore[attr-defined]
        human = POLL_HEADER not in request.headers
        note_answer(session_id=state.session.pk, cause=cause, path=request.path, human=human)


def subject_words(session: SupportSession) -> str:
    """Return the customer user in words, empty for a session as nobody."""
    role = f" ({session.subject_role})" if session.subject_role else ""
    return f"{session.subject_label}{role}" if session.subject_id else ""


def _own_state(request: HttpRequest, session_id: UUID) -> State | None:
    """Return the live session of this browser's person; the mark of any other is dropped, and an end that nobody wrote is written."""
    try:
        state = state_of(session_id)
    except SupportSession.DoesNotExist:
        marks.drop(request)
        return None
    is_own = str(state.session.agent_id) == request.session.get(SESSION_KEY)
    if state.live and is_own:
        return state
    marks.drop(request)
    if is_own:
        request.support_over = SupportSession.Cause(state.cause).label  # type: ignore[attr-defined]
        end_session(actor=None, session_id=session_id, cause=state.cause)
    return None

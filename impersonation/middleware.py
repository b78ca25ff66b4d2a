"""The console's own banner: each request of a marked browser reads its session again, once, before the page (design.md, law 1)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse

from accounts.middleware import POLL_HEADER
from audit.context import current
from audit.middleware import refuse
from impersonation import closed, marks
from impersonation.actions import end_session, note_answer
from impersonation.models import SupportSession
from impersonation.product.banner import Banner, BannerMiddleware
from impersonation.queries import State, state_of
from impersonation.queries.story import approvers_of
from impersonation.queries.words import may_words


class SupportSessionMiddleware(BannerMiddleware):
    """Puts the banner on every page of a marked browser, and drops the mark of a session that lives no more, with a word to the agent."""

    def might_be_live(self, request: HttpRequest) -> bool:
        """Tell whether a live session is at work here; its events hang on it from now on."""
        if not super().might_be_live(request) or request.path.startswith("/api/"):
            return False
        state = _own_state(request)
        if state is None:
            return False
        request.support_state = state  # type: ignore[attr-defined]
        context = current()
        if context is not None:
            context.session = (state.session.pk, str(state.session.tenant_id))
        return True

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Say once that the session has ended, and why; refuse what stays closed in one; say whose page is none of its customer's."""
        over: str = getattr(request, "support_over", "")
        if over:
            messages.warning(request, f"Your support session has ended: {over[0].lower()}{over[1:]}.")
        state: State | None = getattr(request, "support_state", None)
        if state is None:
            return None
        tenant = state.session.tenant
        if (
            request.method == "GET"
            and kwargs.get("slug", tenant.slug) != tenant.slug
            and "HX-Request" not in request.headers
        ):
            sentence = (
                f"This page is about another customer. Your support session is for {tenant.name} alone."
            )
            messages.warning(request, sentence)
        error = closed.refusal(state.session, request.method, request.path_info)
        return refuse(request, error) if error else None

    def banner_of(self, request: HttpRequest) -> Banner | None:
        """Return the banner of this request's session, None where the page itself ended it."""
        state: State | None = getattr(request, "support_state", None)
        if state is None or marks.kept(request) != state.session.pk:
            return None
        session = state.session
        return Banner(
            session_id=str(session.pk),
            agent=session.agent.display_name,
            tenant=session.tenant.name,
            subject=subject_words(session),
            ticket=session.case.ticket,
            approver=str(request.session.get(marks.APPROVER, "")),
            may=tuple(may_words(session, state.scopes)),
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


def _own_state(request: HttpRequest) -> State | None:
    """Return the live session of this browser's person; the mark of any other is dropped, and an end that nobody wrote is written.

    A browser without a mark in which the agent opens a page of their live session is marked from then on: what a session gives is
    never used without its banner.
    """
    kept, named = marks.kept(request), marks.named(request)
    session_id = kept or named
    if session_id is None:
        return None
    try:
        state = state_of(session_id)
    except SupportSession.DoesNotExist:
        marks.drop(request)
        return None
    is_own = str(state.session.agent_id) == request.session.get(SESSION_KEY)
    if state.live and is_own:
        if kept is None:
            marks.keep(request, state.session, ", ".join(approvers_of(state.session.grant)))
        return state
    if kept is not None:
        marks.drop(request)
        _say_over(request, state, is_own=is_own)
    return None


def _say_over(request: HttpRequest, state: State, *, is_own: bool) -> None:
    if is_own:
        request.support_over = SupportSession.Cause(state.cause).label  # type: ignore[attr-defined]
        end_session(actor=None, session_id=state.session.pk, cause=state.cause)

"""What a session answers when it does not let a request through: refused, or over."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from .conf import setting
from .models import ProductSession
from .rules import Refusal

MINUTES = 10  # what the console's form is filled with behind the link: just this action, for a short time
BEARER = Refusal(
    "token beside a session",
    "A token and a support session in one request: it is not clear whose change this would be.",
)
UNANSWERED = Refusal(
    "console not reached",
    "The console does not answer, so nothing is allowed for now. Try again in a minute.",
)
CAUSES = {
    "absolute": "Its time is up.",
    "idle": "Nobody did anything for a while.",
    "agent": "You ended it.",
    "subject deactivated": "The customer user is no longer active.",
    "subject promoted": "The customer user has become somebody whom nobody may act for.",
    "another session": "Another session was begun in this browser.",
    "unknown": "It is not known here any more.",
}


def page_of(session: ProductSession | None) -> str:
    """The session's page in the console, or nothing where the product stands alone."""
    console = str(setting("CONSOLE_URL")).rstrip("/")
    return f"{console}/sessions/{session.sid}/" if console and session else ""


def sentence_of(cause: str) -> str:
    """Why a session is over, in words."""
    return CAUSES.get(cause, f"It ended: {cause.replace('_', ' ')}.")


def after_the_end(session: ProductSession | None) -> str:
    """The page that one lands on, on this origin: a policy may cancel a form that leads to another one."""
    page = reverse("support_session:ended")
    return f"{page}?session={session.sid}" if session else page


def refused(request: HttpRequest, session: ProductSession, refusal: Refusal) -> HttpResponse:
    """403 with the rule, the missing scope, and where to ask for just this."""
    page = page_of(session)
    ask = f"{page}ask/?{urlencode({'scope': refusal.scope})}" if page and refusal.scope else page
    facts: dict[str, object] = {
        "rule": refusal.rule,
        "scope": refusal.scope,
        "ask_url": ask,
        "sentence": refusal.sentence,
    }
    return _answer(request, "refused", facts, 403)


def over(request: HttpRequest, session: ProductSession | None, cause: str) -> HttpResponse:
    """403 with the cause: the request was not done, neither as the customer nor as anybody else."""
    facts: dict[str, object] = {
        "rule": "session over",
        "cause": cause,
        "sentence": sentence_of(cause),
    }
    response = _answer(request, "over", {**facts, "page_url": page_of(session)}, 403)
    response["X-Support-Session"] = "ended"
    if request.headers.get("HX-Request"):  # htmx shows no answer of 403: the whole page goes
        response["HX-Redirect"] = after_the_end(session)
    return response


def _answer(request: HttpRequest, name: str, facts: dict[str, object], status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"support_session": facts}, status=status)
    context = {**facts, "minutes": MINUTES, "path": request.path}
    text = render_to_string(f"support_session/{name}.html", context, request=request)
    return HttpResponse(text, status=status, headers={"Cache-Control": "no-store, private"})


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "text/html" not in accepted

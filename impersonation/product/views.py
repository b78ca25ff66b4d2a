"""Exit, the page after it, and the state of a session for pages that Django did not write."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect, ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from . import answers, cookies
from .banner import markup
from .middleware import SupportBannerMiddleware
from .models import ProductSession
from .reading import read_session
from .sessions import end, seen

HERE = "X-Support-Session-Here"  # banner.js says so after a key or a click, once a minute


@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session and take its key back; harmless when it is over already. The way out stays on this origin.

    A page that stood open since before another session, or since the end, holds a form that is too old. The way out works from there too:
    where nothing is left to end, or the browser itself says that its own page asks (Fetch Metadata), the form's token is not needed.
    """
    is_own_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if is_own_page or getattr(request, "support_session", None) is None:
        return _leave(request)
    return csrf_protect(_leave)(request)


def _leave(request: HttpRequest) -> HttpResponse:
    session: ProductSession | None = getattr(request, "support_session", None)
    if session is not None:
        end(session, "agent")
    request.support_session = None  # type: ignore[attr-defined]
    reading = read_session(cookies.key_of(request))
    response = HttpResponseRedirect(answers.after_the_end(reading.session if reading else None))
    if not cookies.key_of(request):
        return response  # another site may have sent this: it takes nothing away
    cookies.take_back(response)
    rotate_token(request)  # a form of the session that is still open in a tab is nobody else's form
    return response


@require_GET
def ended(request: HttpRequest) -> HttpResponse:
    """The page after the end, with a plain link back to the console."""
    session = ProductSession.objects.filter(
        sid=request.GET.get("session", "")[:64], ended_at__isnull=False
    ).first()
    cause = session.cause if session else "agent"
    facts = {"sentence": answers.sentence_of(cause), "page_url": answers.page_of(session)}
    return render(request, "support_session/over.html", facts)


@require_GET
@ensure_csrf_cookie
def status(request: HttpRequest) -> HttpResponse:
    """The state of this browser's session as JSON, with the banner as HTML for products that Django does not write."""
    session: ProductSession | None = getattr(request, "support_session", None)
    reading = read_session(cookies.key_of(request)) if session else None
    banner = SupportBannerMiddleware(lambda _: HttpResponse()).banner_of(request)
    if session is None or reading is None or banner is None:
        response = JsonResponse({"active": False})
    else:
        if request.headers.get(HERE):
            seen(session, reading.now, human=True)
        html = markup.full(banner).decode()
        response = JsonResponse({"active": True, "ends": int(session.ends_at.timestamp()), "html": html})
    add_never_cache_headers(response)
    return response

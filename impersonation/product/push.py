"""Takes the console's signed word that a session ended or became less, so that it counts at once and not only at the next question."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import console, tokens
from .models import ProductSession
from .remote import Silent, body_of
from .sessions import end


@csrf_exempt
@require_POST
def push(request: HttpRequest) -> JsonResponse:
    """Answer 200 for word that is believed, whether the session is known here or not; to hear it twice changes nothing."""
    try:
        claims = console.read_once(body_of(request), tokens.NEWS)
    except tokens.BadToken as error:
        return JsonResponse({"error": "invalid_token", "error_description": error.code}, status=401)
    except Silent:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    session = ProductSession.objects.filter(sid=str(claims.get("sid", ""))[:64], ended_at=None).first()
    if session is not None and claims.get("news") == "ended":
        end(session, str(claims.get("cause") or "ended in the console")[:40])
    elif session is not None:
        ProductSession.objects.filter(pk=session.pk).update(last_answer_at=None, last_checked_at=None)
    return JsonResponse({"known": session is not None})

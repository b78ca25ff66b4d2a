"""The addresses of the hand-off, below `SUPPORT_SESSION["PATH"]`; `urls.py` takes them in."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from . import keys
from .actions import run_action
from .conf import setting
from .handoff import callback, start
from .push import push


@require_GET
def jwks(_request: HttpRequest) -> JsonResponse:
    """Return this product's public keys, none where it has no keys."""
    try:
        return JsonResponse(keys.published(setting("KEYS")))
    except (keys.NoKeys, OSError):
        return JsonResponse({"keys": []})


urlpatterns = [
    path("start/", start, name="start"),
    path("callback/", callback, name="callback"),
    path("jwks.json", jwks, name="jwks"),
    path("push/", push, name="push"),
    path("actions/<str:name>/", run_action, name="action"),
]

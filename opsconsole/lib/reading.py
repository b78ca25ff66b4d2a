"""What every view of the API has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

View = TypeVar("View", bound=Callable[..., HttpResponse])


def read_only(view: View) -> View:
    """A view that answers GET, and 405 in JSON to everything else.

    It has no CSRF check: a program brings a token and no cookie (TokenMiddleware), so there is nothing to forge, and a program that
    writes should hear that the API only reads rather than that a cookie is missing.
    """

    @csrf_exempt
    @wraps(view)
    def get_only(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            return view(request, *args, **kwargs)
        refused = {"error": "method_not_allowed", "sentence": "The API only reads. Use GET."}
        return JsonResponse(refused, status=405, headers={"Allow": "GET"})

    return cast("View", get_only)

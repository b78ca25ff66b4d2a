"""Pages of the console belong to one person: no cache keeps them, no other site reads them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from opsconsole.logs import SIGNED


class PrivatePagesMiddleware:
    """Puts `no-store` and the cross-origin resource policy on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(SIGNED):  # the address of a customer's page is the key to it
            response["Referrer-Policy"] = "no-referrer"
        response.setdefault("Cache-Control", "no-store, private")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

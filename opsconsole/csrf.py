"""The check of forms on pages that tell nobody where they are.

A customer's page has its key in its address, so it sends no referrer (RFC 9110, 10.1.3); browsers then write `Origin: null` on its forms.
That one origin counts as ours there, and nowhere else; the token in the form and the cookie beside it are asked for as everywhere.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

from opsconsole.logs import SIGNED


class SignedLinkCsrfMiddleware(CsrfViewMiddleware):
    """Checks the forms of customers' pages; every other page is left to Django's own middleware, which comes after it."""

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if not request.path.startswith(SIGNED):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def _origin_verified(self, request: HttpRequest) -> bool:
        return request.META.get("HTTP_ORIGIN") == "null" or super()._origin_verified(request)  # type: ignore[misc]

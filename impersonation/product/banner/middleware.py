"""Puts the banner on every page of a session. A fault in here never costs the page."""

import logging
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from .face import SHOWN, Banner
from .headers import ask_for_a_whole_page, mark
from .pages import Unreadable, put_into, stream_of, why_not

logger = logging.getLogger("support_session.banner")


class BannerMiddleware:
    """To be subclassed; it belongs near the top of MIDDLEWARE, above caches and whatever answers conditional requests.

    `might_be_live` costs nothing and is asked before the view, `banner_of` after it, `counted` once for each answer of a session.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        above = settings.MIDDLEWARE[: _place_of(type(self))]
        self._own_policy = not any(
            "csp" in name.lower() or "contentsecurity" in name.lower() for name in above
        )
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def might_be_live(self, request: HttpRequest) -> bool:
        """False where this browser cannot hold a session; True makes conditional requests whole ones."""
        return settings.SESSION_COOKIE_NAME in request.COOKIES

    def banner_of(self, request: HttpRequest) -> Banner | None:
        """The banner of the live session of this request, read after the view; None outside a session."""
        raise NotImplementedError

    def counted(self, request: HttpRequest, cause: str) -> None:
        """Take note of one answer of a session: `shown`, or why it was not. Causes in MISSED flag the session."""

    def __call__(self, request: HttpRequest) -> Any:
        if self._is_async:
            return self._later(request)
        if not self.might_be_live(request):
            return self.get_response(request)
        accepted = ask_for_a_whole_page(request)
        response = self.get_response(request)
        return self._with_banner(request, response, accepted)

    async def _later(self, request: HttpRequest) -> Any:
        if not self.might_be_live(request):
            return await self.get_response(request)
        accepted = ask_for_a_whole_page(request)
        response = await self.get_response(request)
        return await sync_to_async(self._with_banner, thread_sensitive=True)(request, response, accepted)

    def _with_banner(
        self, request: HttpRequest, response: HttpResponseBase, accepted: "str | None"
    ) -> HttpResponseBase:
        if accepted is not None:
            request.META["HTTP_ACCEPT_ENCODING"] = accepted
        try:
            banner = self.banner_of(request)
        except Exception:
            logger.exception("The support session of a request could not be read.")
            return response
        if banner is None:
            return response
        cause = self._placed(banner, request, response)
        mark(response, banner, own_policy=self._own_policy)
        self._correct_length(request, response, cause)
        if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):  # the exit's token is new: its cookie goes with it
            CsrfViewMiddleware(lambda _: response).process_response(request, response)
        if cause:
            self._count(request, cause)
        return response

    def _placed(self, banner: Banner, request: HttpRequest, response: HttpResponseBase) -> str:
        """The cause that counts; nothing for a stream, which counts by itself when it is read."""
        try:
            cause = why_not(request, response)
            if cause:
                return cause
            if response.streaming:
                stream_of(banner, request, response, lambda cause: self._count(request, cause))
                return ""
            return put_into(banner, request, response)
        except Unreadable:
            return "unreadable"
        except Exception:
            logger.exception("The banner could not be put into a page.")
            return "failed"

    def _count(self, request: HttpRequest, cause: str) -> None:
        try:
            self.counted(request, cause)
        except Exception:
            logger.exception("An answer of a support session could not be counted.")

    def _correct_length(self, request: HttpRequest, response: Any, cause: str) -> None:
        if "Content-Length" not in response.headers:
            return
        if cause == SHOWN:
            response["Content-Length"] = str(len(response.content))
        elif not cause or cause == "head":
            del response["Content-Length"]


def _place_of(cls: type) -> int:
    names = list(settings.MIDDLEWARE)
    name = f"{cls.__module__}.{cls.__qualname__}"
    return names.index(name) if name in names else 0

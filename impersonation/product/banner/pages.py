"""Whether an answer is a page that needs the banner, and the banner put into it."""

import logging
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import markup
from .coding import Unreadable, mark_opened, opener
from .face import SHOWN, Banner
from .places import Place, ends_of_dialogs, is_decided, place_in

MOST_HELD = 256 * 1024  # bytes of a stream that are held back while the place is looked for
OTHER_THAN_PAGES = {204: "no body", 205: "no body", 206: "partial", 304: "not modified"}
NOT_READ = "not read"
HTML = ("text/html", "application/xhtml+xml")
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'")

logger = logging.getLogger("support_session.banner")

Counted = Callable[[str], None]


def why_not(request: HttpRequest, response: HttpResponseBase) -> str:
    """Why this answer needs no banner, or nothing where it does."""
    headers, status = response.headers, response.status_code
    if status in OTHER_THAN_PAGES or 300 <= status < 400:
        return OTHER_THAN_PAGES.get(status, "redirect")
    if not headers.get("Content-Type", "").lower().startswith(HTML):
        return "not html"
    if headers.get("Content-Disposition", "").lower().startswith("attachment"):
        return "download"
    silent = request.method == "HEAD" and (response.streaming or not getattr(response, "content", b""))
    return "head" if silent else ""


def put_into(banner: Banner, request: HttpRequest, response: Any) -> str:
    """Put the banner into a page that is there as a whole; returns `shown` or why not. The page stays as it was where not."""
    packed = response.content
    feed = opener(response, packed)
    page = feed(packed, True) if feed else packed
    place = place_in(page)
    if not place.is_page and not (page.strip() and is_navigation(request)):
        return "fragment" if page.strip() else "no body"
    changed = b"".join(_pieces(banner, request, response, page, place))
    if feed:
        mark_opened(response, packed)
    response.content = changed
    return SHOWN


def _is_framed(request: HttpRequest) -> bool:
    return request.META.get("HTTP_SEC_FETCH_DEST") in {"iframe", "frame", "object", "embed"}


def is_navigation(request: HttpRequest) -> bool:
    """True where the browser shows the answer by itself; False where a script asked for a part of a page."""
    if request.META.get("HTTP_HX_REQUEST") or request.META.get("HTTP_X_REQUESTED_WITH"):
        return False
    return request.META.get("HTTP_SEC_FETCH_DEST", "document") in {
        "document",
        "iframe",
        "frame",
        "object",
        "embed",
    }


class Stream:
    """A page that comes in pieces: held back until the place is known, passed on after it."""

    def __init__(self, banner: Banner, request: HttpRequest, response: Any, counted: Counted) -> None:
        self._banner, self._request, self._response, self._counted = banner, request, response, counted
        self._charset = response.charset
        self._feed = opener(response, b"")
        self._held = b""
        self._cause = ""

    @property
    def is_packed(self) -> bool:
        """True where the pieces are unpacked on the way."""
        return self._feed is not None

    def of(self, chunks: Iterable[Any]) -> Iterator[bytes]:
        """The same pieces with the banner among them; closes what it came from."""
        try:
            for chunk in chunks:
                piece = self._next(chunk)
                if piece:  # an empty one may mean the end to a server
                    yield piece
            yield self._next(b"", last=True)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
            self._counted(self._cause or NOT_READ)

    async def of_async(self, chunks: AsyncIterable[Any]) -> AsyncIterator[bytes]:
        """The same for asynchronous pieces."""
        try:
            async for chunk in chunks:
                piece = self._next(chunk)
                if piece:
                    yield piece
            yield self._next(b"", last=True)
        finally:
            close = getattr(chunks, "aclose", None)
            if close:
                await close()
            await sync_to_async(self._counted, thread_sensitive=True)(self._cause or NOT_READ)

    def _next(self, chunk: Any, *, last: bool = False) -> bytes:
        piece = chunk.encode(self._charset) if isinstance(chunk, str) else bytes(chunk)
        if self._feed is not None:
            piece = self._unpacked(piece, last)
        if self._cause:
            return piece
        self._held += piece
        if not last and len(self._held) < MOST_HELD and not is_decided(self._held):
            return b""
        start, self._held = self._held, b""
        return self._placed(start)

    def _unpacked(self, piece: bytes, last: bool) -> bytes:
        assert self._feed is not None  # noqa: S101
        try:
            return self._feed(piece, last)
        except Unreadable:
            self._cause, self._feed = "unreadable", lambda _piece, _last: b""
            return b""

    def _placed(self, start: bytes) -> bytes:
        if not start.strip():
            self._cause = "no body"
            return start
        try:
            place = place_in(start)
            self._cause = SHOWN if place.is_page or is_navigation(self._request) else "fragment"
            shown = _pieces(self._banner, self._request, self._response, start, place)
        except Exception:
            logger.exception("The banner could not be put into a stream.")
            self._cause = "failed"
            return start
        return b"".join(shown) if self._cause == SHOWN else start


def stream_of(banner: Banner, request: HttpRequest, response: Any, counted: Counted) -> None:
    """Let a streaming answer carry the banner. Raises Unreadable, before anything is changed, for an unknown encoding."""
    stream = Stream(banner, request, response, counted)
    if stream.is_packed:
        mark_opened(response, b"")
    source = response.streaming_content
    is_async = getattr(response, "is_async", False)
    response.streaming_content = stream.of_async(source) if is_async else stream.of(source)


def _pieces(
    banner: Banner, request: HttpRequest, response: Any, page: bytes, place: Place
) -> list[bytes | memoryview]:
    title = place.title
    start: list[bytes | memoryview] = (
        [page[:title], markup.TITLE_MARK, page[title : place.at]] if title else [page[: place.at]]
    )
    nonce = _NONCE.search(response.headers.get("Content-Security-Policy", ""))
    pieces = [*start, markup.full(banner, nonce[1] if nonce else "", framed=_is_framed(request))]
    dialogs = ends_of_dialogs(page, place.at)
    if not dialogs:
        return [*pieces, memoryview(page)[place.at :]]
    compact = markup.twin(banner)
    for begin, end in zip([place.at, *dialogs], [*dialogs, len(page)], strict=True):
        pieces += [page[begin:end], compact]
    return pieces[:-1]


__all__ = ["Stream", "Unreadable", "is_navigation", "put_into", "stream_of", "why_not"]

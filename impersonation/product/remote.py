"""Short calls from one side to the other: a time limit, no redirect, no proxy from the environment, and answers of a bounded size."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from ssl import SSLContext
from threading import Timer
from typing import Any

import httpx
from django.http import HttpRequest

from .tokens import LONGEST_TOKEN, Keys, public_keys

SECONDS = 2.0
LARGEST = 262_144  # bytes of an answer
KEEP = 300.0  # seconds that a key set is used before it is asked for again
ASK_AGAIN = 3.0  # seconds between two questions, whatever key ids come


class Silent(Exception):
    """The other side did not answer, or not with what was asked for; the sentence holds no secret."""


class Unreached(Silent):
    """The other side could not even be asked, so it has heard nothing."""


def body_of(request: HttpRequest, longest: int = LONGEST_TOKEN) -> str:
    """Return what a call carries, read one byte past `longest` at most, whatever its headers say or leave out about its length."""
    try:
        return request.read(longest + 1).decode("ascii", "replace")
    except OSError:  # the caller hung up
        return ""


def get_json(url: str, *, seconds: float = SECONDS) -> Any:
    """Return the JSON of an address. Raises `Silent`."""
    return _call("GET", url, seconds=seconds)[1]


def post_form(url: str, fields: Mapping[str, str], *, seconds: float = SECONDS) -> tuple[int, Any]:
    """Send a form and return status and JSON of the answer, refusals too. Raises `Silent`."""
    return _call("POST", url, seconds=seconds, data=dict(fields))


def post_token(url: str, token: str, *, seconds: float = SECONDS) -> tuple[int, Any]:
    """Send a signed token as the whole body and return status and JSON of the answer. Raises `Silent`."""
    return _call("POST", url, seconds=seconds, content=token, headers={"Content-Type": "application/jwt"})


def _call(method: str, url: str, *, seconds: float, **options: Any) -> tuple[int, Any]:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **options.pop("headers", {})}
    try:
        with (
            httpx.Client(
                timeout=seconds, follow_redirects=False, trust_env=False, verify=_authorities()
            ) as client,
            _hung_up_after(seconds) as extensions,
            client.stream(method, url, headers=headers, extensions=extensions, **options) as answer,
        ):
            return answer.status_code, _json(answer)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
        raise Unreached(f"no connection: {type(error).__name__}") from None
    except (httpx.HTTPError, OSError) as error:
        raise Silent(f"no answer: {type(error).__name__}") from None


@lru_cache(maxsize=1)
def _authorities() -> SSLContext:
    """Whose certificates are believed: read once, since that takes longer than the call."""
    return httpx.create_ssl_context(trust_env=False)


@contextmanager
def _hung_up_after(seconds: float) -> Iterator[dict[str, Any]]:
    """Give the extensions of one request that is ended after so many seconds: httpx limits each read, not all of them together."""
    opened: list[Any] = []

    def trace(event: str, info: dict[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            opened.append(info["return_value"])

    def hang_up() -> None:
        for stream in opened[-1:]:
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield {"trace": trace}
    finally:
        timer.cancel()


def _json(answer: httpx.Response) -> Any:
    if answer.status_code >= 500 or 300 <= answer.status_code < 400:
        raise Silent(f"it answered {answer.status_code}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Silent("its answer is packed, which nobody asked for")
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > LARGEST:
            raise Silent("its answer is too large")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Silent("its answer is no JSON") from None


class RemoteKeys:
    """The public keys of the other side. An id nobody knows makes it ask again, at most every few seconds, answered or not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._silent_since: dict[str, float] = {}

    def of(self, url: str, kid: str) -> Keys:
        """Return the keys published at an address. Raises `Silent` where none are known and none can be had."""
        asked_at, keys = self._kept.get(url, (-KEEP, {}))
        age = self._clock() - asked_at
        if age < ASK_AGAIN or (kid in keys and age < KEEP):
            return keys
        try:
            keys = self._asked(url)
        except Silent:
            if kid not in keys:
                raise
        self._kept[url] = (self._clock(), keys)
        return keys

    def _asked(self, url: str) -> dict[str, Any]:
        """Ask, but not soon after nobody answered: strangers who make up ids would keep every thread waiting."""
        if self._clock() - self._silent_since.get(url, -ASK_AGAIN) < ASK_AGAIN:
            raise Silent("it did not answer a moment ago")
        try:
            return public_keys(get_json(url))
        except Silent:
            self._silent_since[url] = self._clock()
            raise

"""Short calls from one side to the other: a time limit, no redirect, no proxy from the environment, and answers of a bounded size."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from .tokens import Keys, public_keys

SECONDS = 2.0
LARGEST = 262_144  # bytes of an answer
KEEP = 300.0  # seconds that a key set is used before it is asked for again
ASK_AGAIN = 3.0  # seconds between two questions, whatever key ids come


class Silent(Exception):
    """The other side did not answer, or not with what was asked for; the sentence holds no secret."""


class Unreached(Silent):
    """The other side could not even be asked, so it has heard nothing."""


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
    headers = {"Accept": "application/json", **options.pop("headers", {})}
    try:
        with (
            httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, headers=headers, **options) as answer,
        ):
            return answer.status_code, _json(answer)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
        raise Unreached(f"no connection: {type(error).__name__}") from None
    except (httpx.HTTPError, OSError) as error:
        raise Silent(f"no answer: {type(error).__name__}") from None


def _json(answer: httpx.Response) -> Any:
    if answer.status_code >= 500 or 300 <= answer.status_code < 400:
        raise Silent(f"it answered {answer.status_code}")
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise Silent("its answer is too large")
    try:
        return httpx.Response(200, content=bytes(body)).json()
    except ValueError:
        raise Silent("its answer is no JSON") from None


class RemoteKeys:
    """The public keys of the other side. An id nobody knows makes it ask again, at most every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def of(self, url: str, kid: str) -> Keys:
        """Return the keys published at an address. Raises `Silent` where none are known and none can be had."""
        asked_at, keys = self._kept.get(url, (-KEEP, {}))
        age = self._clock() - asked_at
        if age < ASK_AGAIN or (kid in keys and age < KEEP):
            return keys
        try:
            keys = public_keys(get_json(url))
        except Silent:
            if kid not in keys:
                raise
        self._kept[url] = (self._clock(), keys)
        return keys

"""A JSON HTTP API as a source: GET only, to allow-listed hosts only, never following a redirect, with a cap on bytes and time."""

import json
import logging
import os
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tenants.language.shapes import Question, Source
from tenants.sources.base import Params, QueryFailed, Row, Rows, TimedOut, TooLarge, Unreachable, spell
from tenants.sources.http_address import Answered, first_address, next_address, same_place
from tenants.values import dig

logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every address it asks
TRIES = 2
MOST_PAGES = 10_000
_TRY_AGAIN = frozenset({502, 503, 504})
_STATUS = {
    401: "did not accept the console's token",
    403: "does not let the console read this",
    404: "has nothing at this address",
    429: "has been asked too often",
}


class HttpJson:
    """One API under one token, which is read from the environment for each request."""

    def __init__(self, source: Source, address: str) -> None:
        self.source = source
        self._base = (address or source.base_url).rstrip("/")
        self._hosts = frozenset(source.hosts) | {urlsplit(self._base).hostname or ""}
        self._client = httpx.Client(
            follow_redirects=False, trust_env=False, headers={"Accept": "application/json"}
        )

    def rows(self, ask: Question, params: Params, *, timeout: float, limit: int) -> Rows:
        found: list[Row] = []
        try:
            for page in self._pages(ask, params, timeout, self.source.max_bytes):
                found += page
                if len(found) > limit:
                    break
        except QueryFailed as error:
            if not (ask.empty_on_404 and error.code == "http_404"):
                raise
        return Rows(tuple(found[0]) if found else (), tuple(found[:limit]), truncated=len(found) > limit)

    def pages(self, ask: Question, *, timeout: float, size: int) -> Iterator[tuple[Row, ...]]:
        for found in self._pages(ask, Params("", ""), timeout, 0):
            for start in range(0, len(found), size):
                yield tuple(found[start : start + size])

    def columns(self, ask: Question, params: Params) -> tuple[str, ...]:
        """Nothing: an API does not tell its columns without being asked for data."""
        return ()

    def why_refused(self) -> str:
        url = urlsplit(self._base)
        return (
            ""
            if url.hostname in self._hosts and url.scheme in ("http", "https")
            else "Its address is no web address."
        )

    def close(self) -> None:
        self._client.close()

    def _pages(self, ask: Question, params: Params, timeout: float, most_bytes: int) -> Iterator[list[Row]]:
        """One page after the other within the time; `most_bytes` counts for all of them together, 0 for each one alone."""
        reading = _Reading(time.monotonic() + timeout, timeout, most_bytes or self.source.max_bytes)
        url, seen = first_address(self._base, ask, params, self.source.name), set[str]()
        while url:
            if url in seen or len(seen) >= MOST_PAGES:
                raise QueryFailed(f"{self.source.name} has no last page.")
            seen.add(url)
            body, link = self._get(url, reading)
            rows = self._found(ask, body)
            yield rows
            url = next_address(Answered(url, len(seen), body, link, rows), ask.paging, self.source.name)
            if not most_bytes:
                reading.bytes_left = self.source.max_bytes

    def _found(self, ask: Question, body: Any) -> list[Row]:
        found = dig(body, ask.rows) if ask.rows else body
        if found is None:
            return []
        rows = found if isinstance(found, list) else [found]
        if not all(isinstance(row, Mapping) for row in rows):
            raise QueryFailed(f"{self.source.name} did not answer with rows.")
        return [_renamed(row, ask) for row in rows] if ask.columns or ask.fixed else rows

    def _get(self, url: str, reading: "_Reading") -> tuple[Any, str]:
        if not same_place(url, self._base, self._hosts):
            raise QueryFailed(f"{self.source.name} may not be asked at another host.")
        for attempt in range(TRIES):
            try:
                return self._once(url, reading)
            except Unreachable:
                pause = random.uniform(0.05, 0.2)  # noqa: S311
                if attempt + 1 == TRIES or time.monotonic() + pause >= reading.deadline:
                    raise
                time.sleep(pause)
        raise Unreachable(f"{self.source.name} cannot be reached.")

    def _once(self, url: str, reading: "_Reading") -> tuple[Any, str]:
        left = max(reading.deadline - time.monotonic(), 0.05)
        try:
            with self._client.stream("GET", url, headers=self._headers(), timeout=left) as response:
                self._check(response)
                link = response.links.get("next", {}).get("url", "")
                return self._parse(self._body(response, reading)), link
        except httpx.TimeoutException:
            raise TimedOut(f"{self.source.name} did not answer within {spell(reading.timeout)}.") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise Unreachable(f"{self.source.name} cannot be reached.") from None

    def _headers(self) -> dict[str, str]:
        token = os.environ.get(self.source.token_env, "") if self.source.token_env else ""
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _check(self, response: httpx.Response) -> None:
        code, name = response.status_code, self.source.name
        if code in _TRY_AGAIN:
            raise Unreachable(f"{name} answered with an error of its own ({code}).", code=f"http_{code}")
        if response.is_redirect:
            raise QueryFailed(
                f"{name} sent the console to another address, which it does not follow.", code=f"http_{code}"
            )
        if code >= 400:
            raise QueryFailed(
                f"{name} {_STATUS.get(code, f'answered with an error ({code})')}.", code=f"http_{code}"
            )
        if "json" not in response.headers.get("content-type", ""):
            raise QueryFailed(f"{name} did not answer with JSON.", code="http_not_json")

    def _body(self, response: httpx.Response, reading: "_Reading") -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            reading.bytes_left -= len(chunk)
            if reading.bytes_left < 0:
                raise TooLarge(
                    f"The answer is larger than {self.source.max_bytes // 1_000_000 or 1} MB, so it is not shown."
                )
            if time.monotonic() > reading.deadline:
                raise TimedOut(f"{self.source.name} did not answer within {spell(reading.timeout)}.")
        return bytes(body)

    def _parse(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise QueryFailed(
                f"{self.source.name} did not answer with valid JSON.", code="http_not_json"
            ) from None


@dataclass(slots=True)
class _Reading:
    """What is left of the time and the bytes of one question, over all its pages."""

    deadline: float
    timeout: float
    bytes_left: int


def _renamed(row: Row, ask: Question) -> Row:
    return {**row, **{key: dig(row, path) for key, path in ask.columns}, **dict(ask.fixed)}

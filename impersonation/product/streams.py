"""Answers that come in pieces: each piece is made in the agent's name, and no stream outlives its session."""

import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import sync_to_async

from .context import Acting, acting_as

EVERY = 15.0  # seconds between two looks whether the session still lives, while pieces come


def hold(response: Any, who: Acting, is_over: Callable[[], bool]) -> None:
    """Let a streaming answer be read only in the name of `who`, and cut it off when the session is over."""
    pieces = response.streaming_content
    asynchronous = getattr(response, "is_async", False)
    response.streaming_content = (
        _held_async(pieces, who, is_over) if asynchronous else _held(pieces, who, is_over)
    )


def read_whole(response: Any) -> None:
    """Read a stream to its end now: what it writes belongs to the change around it."""
    response.streaming_content = list(response)


def _held(pieces: Iterable[bytes], who: Acting, is_over: Callable[[], bool]) -> Iterator[bytes]:
    coming, asked_at = iter(pieces), time.monotonic()
    while True:
        with acting_as(who):
            piece = next(coming, None)
        if piece is None:
            return
        yield piece
        if time.monotonic() - asked_at >= EVERY:
            if is_over():
                return
            asked_at = time.monotonic()


async def _held_async(
    pieces: AsyncIterable[bytes], who: Acting, is_over: Callable[[], bool]
) -> AsyncIterator[bytes]:
    coming, asked_at = aiter(pieces), time.monotonic()
    while True:
        with acting_as(who):
            piece = await anext(coming, None)
        if piece is None:
            return
        yield piece
        if time.monotonic() - asked_at >= EVERY:
            if await sync_to_async(is_over, thread_sensitive=True)():
                return
            asked_at = time.monotonic()

"""A limit for a whole call: httpx limits each read, and a receiver that says one byte now and then would hold a worker for hours."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

OPENED = {"connection.connect_tcp.complete", "connection.start_tls.complete"}
Trace = Callable[[str, dict[str, Any]], None]


@contextmanager
def within(seconds: float) -> Iterator[Trace]:
    """Give the `trace` of one request, whose connection is ended after so many seconds; the call then fails as if hung up on."""
    opened: list[Any] = []

    def trace(event: str, info: dict[str, Any]) -> None:
        if event in OPENED:
            opened.append(info["return_value"])

    def end() -> None:
        for stream in opened[-1:]:
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()

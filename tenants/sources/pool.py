"""A small pool for any driver's connections: opened when first needed, newest used first, idle ones closed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

C = TypeVar("C")
LONGEST_IDLE = 60.0  # seconds


@dataclass(slots=True)
class Lease(Generic[C]):
    """A borrowed connection; `fresh` when it was just opened, `broken` when it must not be used again."""

    connection: C
    fresh: bool
    broken: bool = False


class Pool(Generic[C]):
    """Connections of one source in one process. Who borrows is limited by the source's threads, not here."""

    def __init__(self, connect: Callable[[], C], close: Callable[[C], object]) -> None:
        self._connect, self._close = connect, close
        self._idle: list[tuple[C, float]] = []
        self._lock = threading.Lock()

    @contextmanager
    def lease(self, *, fresh: bool = False) -> Iterator[Lease[C]]:
        """Borrow a connection. One on which the block raised is closed, unless the block says it is still good."""
        if fresh:
            self.clear()
        lease = self._take()
        try:
            yield lease
        except BaseException:
            lease.broken = True
            raise
        finally:
            self._give_back(lease)

    def clear(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            self._drop(connection)

    def _take(self) -> Lease[C]:
        now = time.monotonic()
        with self._lock:
            stale = [c for c, since in self._idle if now - since > LONGEST_IDLE]
            self._idle = [(c, since) for c, since in self._idle if now - since <= LONGEST_IDLE]
            found = self._idle.pop()[0] if self._idle else None
        for connection in stale:
            self._drop(connection)
        return Lease(found, fresh=False) if found is not None else Lease(self._connect(), fresh=True)

    def _give_back(self, lease: Lease[C]) -> None:
        if lease.broken:
            self._drop(lease.connection)
            return
        with self._lock:
            self._idle.append((lease.connection, time.monotonic()))

    def _drop(self, connection: C) -> None:
        with suppress(Exception):
            self._close(connection)

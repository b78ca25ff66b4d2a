"""A source that fails stops being asked for a while, so that one dead database does not make every page slow."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tenants.sources.base import Resting, SourceError

FAILURES = 3  # in a row; one is enough when the source cannot be reached at all
REST_SECONDS = 15.0


class Breaker:
    """One per source and process. Closed: asked. Open: refused at once. After the rest one question goes through to try."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._clock = name, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._since: datetime | None = None
        self._until = 0.0

    @property
    def since(self) -> datetime | None:
        """When the source began to fail; None while all is well."""
        return self._since

    def check(self) -> None:
        """Raise `Resting` while the source is not asked."""
        with self._lock:
            left = self._until - self._clock()
            if self._since is None or not self._until:
                return
            if left > 0:
                raise Resting(
                    f"{self._name} has not answered since {self._since:%H:%M} UTC. It is asked again in {max(1, round(left))} seconds."
                )
            self._until = self._clock() + REST_SECONDS

    def answered(self) -> None:
        with self._lock:
            self._failures, self._since, self._until = 0, None, 0.0

    def failed(self, error: SourceError) -> None:
        """Count a failure; a question that was merely wrong is an answer."""
        if not error.down:
            self.answered()
            return
        with self._lock:
            self._failures += 1
            self._since = self._since or datetime.now(UTC)
            if self._failures >= FAILURES or error.code == "source_unreachable":
                self._until = self._clock() + REST_SECONDS

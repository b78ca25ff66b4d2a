"""`request.session` of pages in a support session: kept with the session's row, so that the customer's own is not touched."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from .models import ProductSession
from .sessions import keep_scratch


class ScratchSession(SessionBase):
    """What pages write goes into the row of the support session; it has no cookie and ends with it."""

    def __init__(self, session: ProductSession) -> None:
        super().__init__(None)
        self._row = session.pk
        self._session_cache: dict[str, Any] = dict(session.scratch)

    def save(self, must_create: bool = False) -> None:
        """Write what was changed, once a request."""
        if self.modified:
            self.modified = False
            keep_scratch(self._row, self._session_cache)

    def load(self) -> dict[str, Any]:
        return self._session_cache

    def exists(self, session_key: str) -> bool:
        return False

    def create(self) -> None:
        """No key: nothing can be found by it."""

    def delete(self, session_key: str | None = None) -> None:
        self._session_cache = {}
        self.modified = True

    def cycle_key(self) -> None:
        """There is no key to change."""

    @classmethod
    def clear_expired(cls) -> None:
        """Rows of sessions are the record, and stay."""

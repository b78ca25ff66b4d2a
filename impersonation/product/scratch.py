"""`request.session` of pages in a support session: kept with the session's row, so that the customer's own is not touched."""

from collections.abc import Callable
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import get_token

from .models import ProductSession
from .reading import acting_of
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


def stand_in(request: HttpRequest, session: ProductSession, subject: Any, label: str) -> Any:
    """Put the subject and a session of its own in place; returns the browser's own session."""
    own = getattr(request, "session", None)
    request.session = ScratchSession(session)
    request.user = request._cached_user = subject  # type: ignore[attr-defined]  # noqa: SLF001
    request.auser = _later(subject)
    request.actor = acting_of(session)  # type: ignore[attr-defined]
    request.support_session = session  # type: ignore[attr-defined]
    request.support_subject = label  # type: ignore[attr-defined]
    get_token(request)
    return own


def step_back(request: HttpRequest, own: Any) -> None:
    """Keep what pages wrote, and give the browser's own session back: SessionMiddleware must find it as it was."""
    request.session.save()
    if own is None:
        del request.session
    else:
        request.session = own


def _later(subject: Any) -> Callable[[], Any]:
    async def auser() -> Any:
        return subject

    return auser

"""Asks the console whether a session still lives: at most every 15 seconds, and never on trust (RFC 7662).

Without an answer a session may still look for a while, and changes nothing at once; after a minute it does nothing at all.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import console
from .models import ProductSession
from .remote import Silent
from .sessions import database_now

FRESH = 14.0  # seconds that an answer counts: with the question after it, an end is known within 15
GIVE_UP = 60.0  # seconds without an answer after which nothing is allowed
ASK_AGAIN = 3.0  # seconds between two questions while nobody answers, so that pages do not wait each time
UNANSWERED = "unanswered"
ENDED = "ended in the console"


def verdict(session: ProductSession, *, write: bool) -> str:
    """Return nothing where the session may go on, `unanswered` where this request may not, or the cause with which it is over."""
    now = database_now()
    silent_for = _age(session.last_answer_at, now)
    if silent_for < FRESH:
        return ""
    if _age(session.last_checked_at, now) >= ASK_AGAIN or session.last_checked_at == session.last_answer_at:
        try:
            return _ask(session, now)
        except Silent:
            _keep(session, last_checked_at=now)
    return UNANSWERED if write or silent_for >= GIVE_UP else ""


def _ask(session: ProductSession, now: datetime) -> str:
    """Ask, and keep what the console says the session may do now. Raises `Silent`."""
    told = {
        "token": session.jti,
        "human_ago": str(max(0, int(_age(session.last_seen_at, now)))),
        "area": session.area,
    }
    status, answer = console.call("/oauth/introspect", told)
    if status != 200 or not isinstance(answer, dict):
        raise Silent(f"it answered {status}")
    if answer.get("active") is not True or answer.get("sid") != session.sid:
        return ENDED
    return _take(session, answer, now)


def _take(session: ProductSession, answer: Mapping[str, Any], now: datetime) -> str:
    if answer.get("sub") != session.subject_id or answer.get("org") != session.org:
        return ENDED
    try:
        ends_at = datetime.fromtimestamp(int(answer["exp"]), UTC)
        scopes, deny, may = str(answer["scope"]).split(), list(answer["deny"]), list(answer["may"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Silent("its answer cannot be read") from None
    mode = "act" if answer.get("mode") == "act" and session.mode == "act" else "view"
    changes = {"scopes": scopes, "deny": deny, "may": may, "mode": mode, "ends_at": ends_at}
    _keep(session, last_checked_at=now, last_answer_at=now, **changes)
    return ""


def _keep(session: ProductSession, **values: Any) -> None:
    for name, value in values.items():
        setattr(session, name, value)
    ProductSession.objects.filter(pk=session.pk).update(**values)


def _age(at: datetime | None, now: datetime) -> float:
    """Return seconds since a moment; without one, longer than anything that counts."""
    return (now - at).total_seconds() if at else float("inf")

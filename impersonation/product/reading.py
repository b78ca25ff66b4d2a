"""Reads: the session of a key, and whether it is over by the database's clock."""

from dataclasses import dataclass
from datetime import datetime

from . import cookies
from .context import Acting
from .models import ProductSession
from .sessions import cause_of_end, database_now


@dataclass(frozen=True)
class Reading:
    """A session as read for one request; `cause` says why it is over, and is empty while it lives."""

    session: ProductSession
    now: datetime
    cause: str


def read_session(key: str) -> Reading | None:
    """The session of a cookie's value, or None for a key that nobody gave out."""
    session = ProductSession.objects.filter(key_hash=cookies.hash_of(key)).first() if key else None
    if session is None:
        return None
    now = database_now()
    return Reading(session, now, cause_of_end(session, now))


def is_live(session_id: int) -> bool:
    """True while the session lives by the database's clock; read anew, and held so until the transaction around it is done."""
    session = ProductSession.objects.select_for_update().filter(pk=session_id).first()
    return session is not None and not cause_of_end(session, database_now())


def acting_of(session: ProductSession) -> Acting:
    """The agent of a session."""
    return Acting(
        row=session.pk,
        session_id=session.sid,
        agent_id=session.act_sub,
        agent=session.agent_label,
        subject_id=session.subject_id,
        tenant=session.org_label,
        ticket=session.ticket,
        mode=session.mode,
        scopes=frozenset(session.scopes),
    )

"""Hands what happened in sessions to the console: in signed batches, in order, again until it is taken."""

import logging
import threading
import time
from itertools import groupby
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from . import console, tokens
from .models import OutboxEvent
from .remote import Silent, post_token

BATCH = 64  # events: as long as they may be, they stay below what the console takes at once
MOST_BATCHES = 20  # of one try; what the console says is missing goes with the next one
SECONDS = 5.0
GATHER = 0.3  # seconds that a first event waits for others to go along
MOST_TRIES = (
    8  # of one thread; what is left goes with the next event, or with `manage.py support_session_send`
)
_lock = threading.Lock()
_wanted = threading.Event()
_running = False


def send_waiting() -> int:
    """Send one batch and return how many events the console took. Raises `Silent` where it took none."""
    rows = list(OutboxEvent.objects.filter(sent_at=None).select_related("session").order_by("pk")[:BATCH])
    if not rows:
        return 0
    token = console.signed(tokens.EVENTS, {"events": [_told(row) for row in rows]})
    status, answer = post_token(f"{console.issuer()}/oauth/events", token, seconds=SECONDS)
    if status != 200 or not isinstance(answer, dict):
        raise Silent(f"it answered {status}")
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=timezone.now())
    _send_again(rows, answer.get("sessions"))
    return len(rows)


def send_soon(**_: Any) -> None:
    """Send what waits from a thread of its own, after the running transaction; called with every new event."""
    if console.is_known():
        transaction.on_commit(_wake)


def _told(row: OutboxEvent) -> dict[str, Any]:
    facts = dict(row.payload)
    kind = facts.pop("kind", "")
    return {"sid": row.session.sid, "seq": row.seq, "at": row.at.isoformat(), "kind": kind, "facts": facts}


def _send_again(rows: list[OutboxEvent], sessions: Any) -> None:
    """Let what the console lacks go with the next batch."""
    for (pk, sid), _ in groupby(rows, key=lambda row: (row.session.pk, row.session.sid)):
        told = sessions.get(sid) if isinstance(sessions, dict) else None
        missing = told.get("missing") if isinstance(told, dict) else None
        if missing:
            OutboxEvent.objects.filter(session_id=pk, seq__in=missing).update(sent_at=None)


def _wake() -> None:
    global _running  # noqa: PLW0603 - one thread of this process
    _wanted.set()
    with _lock:
        if _running:
            return
        _running = True
    threading.Thread(target=_work, name="support-session-outgoing", daemon=True).start()


def _work() -> None:
    global _running  # noqa: PLW0603
    try:
        tries = 0
        while tries < MOST_TRIES and _wanted.is_set():
            time.sleep(GATHER * 2**tries if tries else GATHER)
            _wanted.clear()
            tries = 0 if _try() else tries + 1
    finally:
        with _lock:
            _running = False
        if _wanted.is_set() and tries < MOST_TRIES:
            _wake()
        connection.close()


def _try() -> bool:
    close_old_connections()
    try:
        for _ in range(MOST_BATCHES):
            if not send_waiting():
                break
    except (Silent, DatabaseError) as error:
        _wanted.set()
        logging.getLogger(__name__).warning("the console did not take reports: %s", error)
        return False
    return True

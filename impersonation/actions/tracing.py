"""The verbs that keep what moves while a session lives: when a person last did something, where, and whether the banner stood there."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Person
from audit.actions import record
from audit.refs import SYSTEM
from impersonation.models import SupportSession
from impersonation.product.banner import MISSED

LONGEST_PATH = 300  # characters
_NOTE = """
    UPDATE impersonation_sessiontrace t SET
        last_seen_at = greatest(t.last_seen_at, clock_timestamp()),
        human_at = CASE WHEN %(human)s THEN greatest(t.human_at, clock_timestamp()) ELSE t.human_at END,
        last_path = CASE WHEN %(human)s AND %(path)s <> '' THEN %(path)s ELSE t.last_path END,
        shown = t.shown + %(shown)s,
        unshown = CASE WHEN %(cause)s = '' THEN t.unshown
                       ELSE jsonb_set(t.unshown, ARRAY[%(cause)s], to_jsonb(coalesce((t.unshown ->> %(cause)s)::int, 0) + %(count)s)) END,
        flagged = t.flagged OR %(flag)s
    FROM (SELECT session_id, flagged FROM impersonation_sessiontrace WHERE session_id = %(session)s FOR UPDATE) before,
         impersonation_supportsession s
    WHERE t.session_id = before.session_id AND s.id = t.session_id AND s.ended_at IS NULL
    RETURNING NOT before.flagged AND t.flagged
"""


def note_use(*, session_id: UUID, path: str, human: bool) -> None:
    """Note that a session was used at a path, by a person or by a page that polls; polling does not keep it alive."""
    _note(session_id, path=path, human=human)


def note_answer(*, session_id: UUID, cause: str, path: str = "", human: bool = False, count: int = 1) -> None:
    """Count answers of a session: `cause` is shown, or why the banner was not. The first page without one is an event."""
    shown = cause == "shown"
    missed = cause in MISSED
    with transaction.atomic():
        newly = _note(
            session_id,
            path=path,
            human=human,
            shown=count if shown else 0,
            cause="" if shown else cause[:30],
            count=count,
            flag=missed,
        )
        if newly:
            _record_unmarked(session_id, cause)


def note_story_read(*, actor: Person, session: SupportSession) -> None:
    """Record that somebody reads the story of a session that was not their own (NIST AU-2: the reader of the log stands in it too)."""
    if actor.pk == session.agent_id:
        return
    with transaction.atomic(durable=True):
        record(
            "session.story_opened",
            actor=actor.as_actor(),
            tenant=session.tenant.as_ref(),
            obj=session.as_ref(),
            trail=session.trail(),
            agent=session.agent.display_name,
        )


def _note(
    session_id: UUID,
    *,
    path: str,
    human: bool,
    shown: int = 0,
    cause: str = "",
    count: int = 0,
    flag: bool = False,
) -> bool:
    values: dict[str, Any] = {
        "session": session_id,
        "path": path.replace("\x00", "")[:LONGEST_PATH],
        "human": human,
        "shown": shown,
        "cause": cause,
        "count": count,
        "flag": flag,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
        row = cursor.fetchone()
    return bool(row and row[0])


def _record_unmarked(session_id: UUID, cause: str) -> None:
    session = SupportSession.objects.select_related("agent", "tenant", "case", "grant").get(pk=session_id)
    record(
        "session.unmarked",
        actor=SYSTEM,
        tenant=session.tenant.as_ref(),
        obj=session.as_ref(),
        subject=session.subject_ref(),
        trail=session.trail(),
        authority="none",
        outcome="failed",
        outcome_code="banner_missing",
        agent=session.agent.display_name,
        why=cause,
    )

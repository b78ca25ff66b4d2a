"""Looks at the log, and its verification, are events too."""

from django.db import transaction

from audit.actions.recording import record
from audit.models import Event
from audit.refs import SYSTEM, Actor, Ref
from audit.seal.verifying import Verdict, verify


def note_search(*, actor: Actor, filters: list[str]) -> None:
    """Write that somebody searches the log, before it is read. The names of the filters stand on the event, what was typed does not."""
    with transaction.atomic(durable=True):
        record("log.searched", actor=actor, filters=filters)


def note_event_opened(*, actor: Actor, event: Event) -> None:
    """Write that somebody opens one event, before it is shown."""
    with transaction.atomic(durable=True):
        record("log.event_opened", actor=actor, obj=Ref("event", str(event.id), event.type))


def note_proof_taken(*, actor: Actor, event: Event) -> None:
    """Write that somebody takes the proof of one event away, before it is handed out."""
    with transaction.atomic(durable=True):
        record("log.proof_taken", actor=actor, obj=Ref("event", str(event.id), event.type))


def verify_log() -> Verdict:
    """Recompute the whole log, write what was found as an event, and return it. A difference makes the event a failed one."""
    verdict = verify()
    with transaction.atomic(durable=True):
        record(
            "log.verified",
            actor=SYSTEM,
            authority="none",
            outcome="failed" if verdict.difference else "ok",
            outcome_code="log_differs" if verdict.difference else "",
            finding=str(verdict).rstrip("."),
            events=verdict.events,
            heads=verdict.heads,
            copies=verdict.copies,
        )
    return verdict

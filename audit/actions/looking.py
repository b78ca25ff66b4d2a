"""Looks at the log are events too."""

from django.db import transaction

from audit.actions.recording import record
from audit.models import Event
from audit.refs import Actor, Ref


def note_search(*, actor: Actor, filters: list[str]) -> None:
    """Write that somebody searches the log, before it is read. The names of the filters stand on the event, what was typed does not."""
    with transaction.atomic(durable=True):
        record("log.searched", actor=actor, filters=filters)


def note_event_opened(*, actor: Actor, event: Event) -> None:
    """Write that somebody opens one event, before it is shown."""
    with transaction.atomic(durable=True):
        record("log.event_opened", actor=actor, obj=Ref("event", str(event.id), event.type))

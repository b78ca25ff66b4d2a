from celery import shared_task
from django.db import connection

from audit.actions import AnotherSealer, seal_all, verify_log
from audit.disclosure.actions import erase_old_values
from audit.evidence import actions as evidence
from audit.integrity import tell_what_waits, verification_is_due
from audit.retention import actions as retention
from audit.streams import actions as streams

EXPIRES = 10.0  # seconds; the next round of beat asks again


@shared_task
def make_partitions_ahead() -> None:
    """Make this month's partition of the log and the three after it; what is there already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_partitions_ahead()")


@shared_task
def seal() -> int:
    """Seal what is due and return how many events that was; none while another sealer is at work. Tells of what waits too long."""
    try:
        return seal_all().count
    except AnotherSealer:
        return 0
    finally:
        tell_what_waits()


@shared_task
def verify_the_log() -> None:
    """Recompute the whole log and write what was found as an event, where the last time is almost an hour ago."""
    if verification_is_due():
        verify_log()


@shared_task
def make_evidence() -> None:
    """Make the evidence packs that wait for it."""
    evidence.make_what_waits()


@shared_task
def remove_what_is_over() -> None:
    """Remove the files of packs and the private values whose time is over."""
    evidence.remove_what_is_over()
    erase_old_values()


@shared_task
def tell_of_due_months() -> None:
    """Tell those who review of every month of the log that may be archived now."""
    retention.tell_of_due_months()


@shared_task
def stream_out() -> None:
    """Ask for a pass of every stream of the log that is due, each as a task of its own: one that hangs holds up no other."""
    for stream in streams.due_streams():
        stream_one.apply_async(kwargs={"name": stream.name}, expires=EXPIRES)


@shared_task
def stream_one(*, name: str) -> int:
    """Hand out what one stream of the log waits for, and return how many entries that were."""
    return streams.send_stream(name)

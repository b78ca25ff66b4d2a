"""The verb of the owner of the tables: take a month whose time is over out of the log, into a signed file."""

import os
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from audit.actions.recording import record
from audit.models import MonthArchive
from audit.refs import SYSTEM, Ref
from audit.retention.file import BadArchive, Told, read_archive, write_archive
from audit.retention.queries import Month, months
from audit.seal import store
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict

LONGEST_WAIT = "5s"  # for the lock on the log; whoever writes an event waits as long


_FORGET = """
    DELETE FROM audit_name n WHERE n.id <> '' AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE n.what = 'actor' AND e.actor_id = n.id)
    AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE n.what = 'tenant' AND e.tenant_id = n.id)
"""
"""Names go with the last event of whom they name."""


class MonthStays(Conflict):
    code = "month_stays"


def archive_month(*, name: str, folder: Path) -> MonthArchive:
    """Write the signed file of a month (such as 2024-01), read it back, take the month out of the log, and return what is kept of it.

    The month leaves in the transaction of its event, after PostgreSQL asked again whether it may; the app's role may not. Raises
    `MonthStays` for a month whose time is not over or that something stops, `BadArchive`, `OSError`, `DatabaseError`.
    """
    month = _month(name)
    file = folder / f"audit-{name}.zip"
    if file.exists():
        raise MonthStays(f"{file.name} is in that folder already.", state="file there")
    return _take_out(month, _write(month, file), file)


def _month(name: str) -> Month:
    found = next(iter(months([name])), None)
    if found is None:
        raise MonthStays(f"The log holds no events of {name}.", state="unknown")
    if found.due is None:
        raise MonthStays(f"{found.title} is kept for ever: the policy names no time for it.", state="kept")
    if found.due > database_now():
        raise MonthStays(f"{found.title} is kept until {written(found.due)}.", state="kept")
    if found.stops:
        raise MonthStays(f"{found.title} stays. {' '.join(found.stops)}", state="stopped")
    return found


def _write(month: Month, file: Path) -> Told:
    half = file.with_suffix(".part")
    try:
        half.touch(mode=0o600)
        with half.open("w+b") as target:
            written_digest, _size = write_archive(target, month.name, month.first, month.end)
            target.flush()
            os.fsync(target.fileno())
        told = read_archive(half, store.known_keys())
        if (told.digest, told.month) != (written_digest, month.name):
            raise BadArchive(f"{file.name} was read back, and is not what was written.")
        half.rename(file)
        _keep(folder=file.parent)
    finally:
        half.unlink(missing_ok=True)
    return told


def _keep(*, folder: Path) -> None:
    """Make the name of a new file survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_out(month: Month, told: Told, file: Path) -> MonthArchive:
    with transaction.atomic(durable=True):
        try:
            _drop(month.name, told.events)
        except DatabaseError:
            file.unlink()  # nothing left the database; after an error at COMMIT nobody knows, and the file stays
            raise
        event_id = record(
            "log.archived",
            actor=SYSTEM,
            authority="none",
            obj=Ref("month", month.name, month.title),
            events=told.events,
            digest=told.digest,
            size=told.size,
            months=month.months,
        )
        return MonthArchive.objects.create(
            month=month.name,
            event_id=event_id,
            events=told.events,
            ranges=told.ranges,
            file=file.name,
            digest=told.digest,
            size=told.size,
            archived_at=database_now(),
        )


def _drop(month: str, events: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
        cursor.execute("SELECT audit_drop_month(%s, %s)", [month, events])
        cursor.execute(_FORGET)

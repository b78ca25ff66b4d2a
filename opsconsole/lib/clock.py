"""The database's wall clock: the only clock that decides authority (design.md, law 1)."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

NOISE = timedelta(seconds=1)  # what two clocks that agree may differ by on the way to the database and back

_ahead = timedelta()


def database_now() -> datetime:
    """Return `clock_timestamp()` of the database, aware. Read it after the row lock: `now()` would be the transaction's start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    _compare(row[0])
    return row[0]


def _compare(there: datetime) -> None:
    global _ahead  # noqa: PLW0603 - one pair of clocks for the whole process
    found = there - timezone.now()
    _ahead = found if abs(found) > NOISE else timedelta()


def shown_now() -> datetime:
    """Return the database's time as far as this process knows it, without asking: for what a page shows, and never for a decision.

    It is this process's clock, put right by the difference that the last `database_now()` found.
    """
    return timezone.now() + _ahead


def written(at: datetime) -> str:
    """Return a moment in UTC to the second, as the log and the pages write it: 21 Nov 2026, 14:05:09 UTC."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"

"""The database's wall clock: the only clock that decides authority (design.md, law 1)."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """Return `clock_timestamp()` of the database, aware. Read it after the row lock: `now()` would be the transaction's start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


def written(at: datetime) -> str:
    """Return a moment in UTC to the second, as the log and the pages write it: 21 Nov 2026, 14:05:09 UTC."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"

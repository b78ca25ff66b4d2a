"""The database's wall clock: the only clock that decides authority (design.md, law 1)."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """Return `clock_timestamp()` of the database, aware. Read it after the row lock: `now()` would be the transaction's start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]

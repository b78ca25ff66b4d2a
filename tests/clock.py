"""The one way to bring an end nearer in a test: the owner of the tables moves the times of a row. The product has no clock to set."""

import psycopg

from tests import engines

_GUARDS = (
    "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A' "
    "AND tgrelid IN ('grants_grant'::regclass, 'grants_grantscope'::regclass)"
)


def end_in(database: str, grant_id: object, seconds: float) -> None:
    """Make a grant end so many seconds from now by the database's clock. Its guards are off for that one transaction."""
    with psycopg.connect(engines.urls(database).owner) as owner:
        owner.execute("LOCK TABLE grants_grant, grants_grantscope IN ACCESS EXCLUSIVE MODE")
        guards = owner.execute(_GUARDS.encode()).fetchall()
        for table, guard in guards:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}".encode())
        found = owner.execute("SELECT clock_timestamp() + make_interval(secs => %s)", [seconds]).fetchone()
        assert found
        start = "least(starts_at, %(end)s - interval '1 second')"
        window = f"expires_at = %(end)s, starts_at = {start}, counts_from = least(counts_from, {start})"
        for sql in (
            f"UPDATE grants_grant SET {window} WHERE id = %(id)s",
            f"UPDATE grants_grantscope SET until = %(end)s, starts_at = {start} WHERE grant_id = %(id)s",
        ):
            moved = owner.execute(sql.encode(), {"end": found[0], "id": grant_id})
            assert moved.rowcount, "no such grant"
        for table, guard in guards:
            owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}".encode())

"""What waits for its seal, and which open transactions it waits for."""

from datetime import datetime
from typing import Any

from audit.seal.store import Head, Log, rows_of

_OPEN = """
    SELECT pid, coalesce(usename, 'unknown'), application_name, extract(epoch FROM clock_timestamp() - xact_start)::bigint
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND (xact_start < clock_timestamp() - %(at_least)s::interval
        OR (xact_start IS NULL AND backend_xid::text::bigint = pg_snapshot_xmin(pg_current_snapshot())::text::bigint %% 4294967296))
    ORDER BY xact_start
"""
_PREPARED = """
    SELECT gid, owner, extract(epoch FROM clock_timestamp() - prepared)::bigint FROM pg_prepared_xacts
    WHERE prepared < clock_timestamp() - %(at_least)s::interval ORDER BY prepared
"""


def unsealed_since(log: Log | None, head: Head | None) -> tuple[int, datetime | None]:
    """Return how many events wait for their seal (counted to 10,000) and the time of the oldest."""
    after = [head.last_xid, head.last_seq] if head else [log.from_xid if log else 0, -1]
    rows = rows_of(
        """SELECT count(*), min(at) FROM (SELECT at FROM audit_event WHERE (xid, seq) > (%s::text::xid8, %s)
           ORDER BY xid, seq LIMIT 10000) AS waiting""",
        after,
    )
    return rows[0][0], rows[0][1]


def holders(at_least: str = "1 minute") -> list[str]:
    """Return one sentence for each writing transaction that has held the horizon of the seal for at least so long.

    PostgreSQL tells the app's role not since when another role's is open; of those the very one that the seal waits for is named.
    """
    values: dict[str, Any] = {"at_least": at_least}
    told = [
        f"Process {pid} of role {role}{f' ({name})' if name else ''} {_open_for(seconds)}."
        for pid, role, name, seconds in rows_of(_OPEN, values)
    ]
    return told + [
        f"The prepared transaction {gid} of role {owner} was left open {seconds // 60} minutes ago."
        for gid, owner, seconds in rows_of(_PREPARED, values)
    ]


def _open_for(seconds: int | None) -> str:
    if seconds is None:
        return "has a writing transaction open that the seal waits for"
    return f"has had a writing transaction open for {seconds // 60} minutes"

"""What `/metrics` tells about the end of access. Read from the evidence itself, so that every process tells the same numbers."""

from django.db import connection

from grants.queries.glass import debts

# Requests that the log shows as allowed under a grant after the grant's end. Must be 0.
_USED_LATE = """
    SELECT count(*) FROM audit_event e JOIN grants_grant g ON g.id = e.grant_id
    WHERE e.at >= clock_timestamp() - interval '1 day' AND e.authority = 'grant' AND e.outcome = 'ok'
      AND e.at > least(g.expires_at, coalesce(g.ended_at, g.expires_at)) + interval '1 second'
"""
_CLOSED_LATE = """
    SELECT coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - expires_at)), 0)
    FROM grants_grant WHERE end_cause = 'expired' AND ended_at >= clock_timestamp() - interval '1 day'
"""
_OPEN_LATE = """
    SELECT coalesce(extract(epoch FROM max(clock_timestamp() - expires_at)), 0) FROM grants_grant
    WHERE ended_at IS NULL AND expires_at <= clock_timestamp()
"""

_UNDELIVERED = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - least(
        (SELECT min(made_at) FROM grants_outbox WHERE delivered_at IS NULL AND dead_at IS NULL),
        (SELECT min(made_at) FROM grants_delivery WHERE sent_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL)
    )), 0)
"""


def used_after_the_end() -> float:
    """Return how many uses of the last day the log shows after the end of their grant, a second of grace for the write itself."""
    return _number(_USED_LATE)


def closed_late() -> float:
    """Return the 99th percentile, in seconds, of how long after its end a grant's row was closed, over the last day."""
    return _number(_CLOSED_LATE)


def longest_unclosed() -> float:
    """Return for how many seconds the oldest grant that is over has waited to be closed; it grows when the worker is dead."""
    return _number(_OPEN_LATE)


def dead_letters() -> float:
    """Return how many messages were given up."""
    return _number(
        "SELECT (SELECT count(*) FROM grants_outbox WHERE dead_at IS NOT NULL)"
        " + (SELECT count(*) FROM grants_delivery WHERE dead_at IS NOT NULL)"
    )


def longest_undelivered() -> float:
    """Return for how many seconds the oldest message waits; it grows while the worker or a receiver is down."""
    return _number(_UNDELIVERED)


def _number(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return float(cursor.fetchone()[0])


GAUGES = {
    "grants_used_after_end": ("Uses of access after its end in the last day; must be 0", used_after_the_end),
    "grants_closed_late_seconds_p99": (
        "Seconds from the end of access to the closing of its row, 99th percentile of the last day",
        closed_late,
    ),
    "grants_unclosed_seconds": (
        "Seconds the oldest access that is over waits to be closed",
        longest_unclosed,
    ),
    "break_glass_unreviewed": ("Emergency starts without approval that wait for their review", debts),
    "outbox_dead": ("Messages that were given up", dead_letters),
    "outbox_waiting_seconds": ("Seconds the oldest message waits to be delivered", longest_undelivered),
}

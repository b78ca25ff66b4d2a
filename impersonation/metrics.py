"""Gauges of support sessions for Prometheus, read at each scrape."""

from collections.abc import Callable

from impersonation.models import SessionTrace
from impersonation.queries.state import open_states


def live() -> int:
    """Return how many sessions live right now."""
    return sum(state.live for state in open_states())


def unwritten() -> int:
    """Return how many ended sessions wait for their row to be written; more than a few means that no worker runs."""
    return sum(not state.live for state in open_states())


def flagged() -> int:
    """Return how many sessions had a page without its banner."""
    return SessionTrace.objects.filter(flagged=True).count()


GAUGES: dict[str, tuple[str, Callable[[], int]]] = {
    "opsconsole_support_sessions_live": ("Support sessions that live", live),
    "opsconsole_support_sessions_unwritten": (
        "Ended support sessions whose end is not written yet",
        unwritten,
    ),
    "opsconsole_support_sessions_flagged": (
        "Support sessions with a page that came without its banner",
        flagged,
    ),
}
"""Name of a gauge -> (help text, function that reads it)."""

"""Holds in plain words."""

from audit.models import LegalHold
from opsconsole.lib.clock import written


def period_of(hold: LegalHold) -> str:
    """Return the time a hold covers, empty where it covers all of it."""
    since = f"from {written(hold.since)}" if hold.since else ""
    until = f"until {written(hold.until)}" if hold.until else ""
    return " ".join(part for part in (since, until) if part)

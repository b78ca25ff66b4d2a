"""What `/reviews/` says of access that no longer fits what was approved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import Person
from audit.models import Event
from grants.reviews.rules import review_rules_in_force
from opsconsole.lib.clock import database_now

MOST = 50  # lines; the log has the rest


@dataclass(frozen=True)
class Line:
    """One access that was found changed: what the log says of it, and where it and its story stand."""

    sentence: str
    at: datetime
    ticket: str
    url: str


def unfit_section(*, person: Person) -> dict[str, Any]:
    """Return the accesses whose rows were found changed behind the console, newest first, as far back as the list of access goes."""
    days = review_rules_in_force().days
    events = Event.objects.filter(
        type="grant.no_longer_fits", at__gte=database_now() - timedelta(days=days)
    ).order_by("-at")
    lines = [
        Line(event.sentence, event.at, event.ticket, reverse("grants:grant", args=[event.grant_id]))
        for event in events[:MOST]
        if event.grant_id
    ]
    return {
        "key": "unfit",
        "title": "Access that no longer fits its approval",
        "lead": f"The last {days} days. Its rows were changed behind the console after it was approved, so it gives nothing; ask who did"
        " that, and how.",
        "template": "grants/_unfit.html",
        "count": len(lines),
        "lines": lines,
    }

"""What this app adds to `/reviews/`."""

from itertools import groupby
from typing import Any

from accounts.models import Person
from grants.models import GrantReview
from grants.reviews.listing import Item, monday, to_look_at
from grants.reviews.quality import quality_of_decisions
from grants.reviews.rules import review_rules_in_force
from grants.reviews.teams import teams_to_look_at
from opsconsole.lib.clock import database_now

CLOSED_SHOWN = 10


def access_section(*, person: Person) -> dict[str, Any]:
    """Return the accesses to look at by week, the teams with exceptions, and the last words that reviewers left."""
    rules = review_rules_in_force()
    items, teams = to_look_at(rules, person.pk), teams_to_look_at(rules, person)
    this_week = monday(database_now())
    closed = GrantReview.objects.select_related("grant__tenant", "grant__person", "grant__case", "reviewer")
    return {
        "key": "access",
        "title": "Access that stands out",
        "lead": f"What ended in the last {rules.days} days and met a rule of the policy. Each is closed with a word by somebody who"
        " neither asked for it, held it nor decided on it.",
        "template": "grants/_reviews.html",
        "count": len(items) + len(teams),
        "weeks": [
            {"monday": week, "is_this": week == this_week, "items": list(found)}
            for week, found in groupby(items, key=_week)
        ],
        "teams": teams,
        "closed": closed[:CLOSED_SHOWN],
        "words": GrantReview.Word.choices,
        "rules": rules.on,
    }


def decisions_section(*, person: Person) -> dict[str, Any]:
    """Return how decisions are made."""
    days = review_rules_in_force().days
    return {
        "key": "decisions",
        "title": "How decisions are made",
        "lead": f"The last {days} days, by the person who decided.",
        "template": "grants/_decision_quality.html",
        "quality": quality_of_decisions(days),
    }


def _week(item: Item) -> Any:
    return item.week

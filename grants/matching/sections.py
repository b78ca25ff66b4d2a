"""What matching adds to `/reviews/`."""

from typing import Any

from accounts.models import Person
from grants.matching.listing import findings_to_look_at, words_lately
from grants.matching.period import beginning, last_mark, marks, standing
from grants.models import GrantReview
from opsconsole.lib.clock import database_now

CLOSED_SHOWN = 10
MARKS_SHOWN = 8


def use_section(*, person: Person) -> dict[str, Any]:
    """Return what does not fit between approvals and their use, and the last words on it."""
    found = findings_to_look_at(person.pk)
    return {
        "key": "use",
        "title": "Approvals and their use",
        "lead": "Each sealed event is held against the approval it rests on. What does not fit is closed with a word by somebody who"
        " neither asked for the access, held it nor decided on it.",
        "template": "grants/_use.html",
        "count": len(found),
        "findings": found,
        "closed": words_lately(CLOSED_SHOWN),
        "words": GrantReview.Word.choices,
    }


def period_section(*, person: Person) -> dict[str, Any]:
    """Return the last marks of reviewed periods, and what the next one would say."""
    before, now = last_mark(), database_now()
    begins = beginning(before)
    return {
        "key": "period",
        "title": "Period reviewed",
        "lead": "The mark closes the time from the last one until now. It is an event, so the next signed head of the log covers it.",
        "template": "grants/_period.html",
        "closing": True,
        "begins": begins,
        "last": before.number if before else 0,
        "standing": standing(person, begins, now),
        "marks": marks(MARKS_SHOWN),
    }

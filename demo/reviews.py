"""What reviewers find in the demo's week: two people at one browser, and a period that was marked as reviewed."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Person, SignIn
from audit.actions import record
from audit.context import seeding
from grants.models import BreakGlass, PeriodReview
from grants.reviews.listing import to_look_at
from grants.reviews.rules import review_rules_in_force
from opsconsole.lib.clock import written

MARKED_BEFORE = timedelta(hours=79)
WHY = "The team leads are asked about these and answer this week."


def sign_in_together(people: list[Person], at: datetime) -> dict[str, UUID]:
    """Write a sign-in of each of them in one and the same browser, over since then, and return them by the person's id."""
    found = {}
    for person in people:
        row = SignIn(
            person=person,
            device="Firefox on Linux",
            device_id=hashlib.sha256(b"the browser of the duty desk").hexdigest(),
            opened_at=at,
            ended_at=at + timedelta(hours=8),
        )
        row.save(force_insert=True)
        with seeding(at):
            record("person.signed_in", actor=person.as_actor(), obj=person.as_ref(), factor="")
        found[str(person.pk)] = row.pk
    return found


def seed_mark(begins: datetime, now: datetime) -> None:
    """Mark the first half of the week as reviewed, with what stood on the lists then."""
    reviewer, until = Person.objects.get(username="compliance"), now - MARKED_BEFORE
    closed = BreakGlass.objects.filter(reviewed_at__lte=until).count()
    items = to_look_at(review_rules_in_force(), reviewer.pk)
    left = sum(item.row.over_at <= until for item in items)
    mark = PeriodReview(
        number=1, since=begins, until=until, closed=closed, left_open=left, comment=WHY if left else "",
        matched_log=0, matched_to=-1, reviewer=reviewer,
    )  # fmt: skip
    mark.save(force_insert=True)
    with seeding(until):
        record(
            "period.reviewed", actor=reviewer.as_actor(), obj=mark.as_ref(), since=written(begins), until=written(until),
            findings=mark.found_words, closed=closed, left_open=left, comment=mark.comment,
        )  # fmt: skip

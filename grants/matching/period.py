"""Where the next period of a review begins, and what was closed in it and is open still."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Person
from audit.models import Event
from audit.seal.store import place_of
from grants.matching.listing import open_findings
from grants.models import BreakGlass, FindingWord, FlagWord, GrantReview, PeriodReview
from grants.reviews.listing import to_look_at
from grants.reviews.rules import review_rules_in_force
from grants.reviews.teams import teams_to_look_at
from grants.unusual.listing import open_flags
from opsconsole.lib.clock import database_now


@dataclass(frozen=True)
class Counted:
    """One list of `/reviews/`: how many of it were closed in the period, and how many are open at its end."""

    title: str
    closed: int
    open: int


@dataclass(frozen=True)
class Standing:
    """All lists of one period."""

    lists: tuple[Counted, ...]

    @property
    def closed(self) -> int:
        return sum(one.closed for one in self.lists)

    @property
    def open(self) -> int:
        return sum(one.open for one in self.lists)

    @property
    def lines(self) -> list[str]:
        """Return one line for each list, as the event keeps them."""
        return [f"{one.title}: {one.closed} closed, {one.open} open" for one in self.lists]


def last_mark() -> PeriodReview | None:
    """Return the newest mark, whoever made it."""
    return PeriodReview.objects.select_related("reviewer").order_by("-number").first()


def beginning(before: PeriodReview | None) -> datetime:
    """Return where the next period begins: at the end of the last one, for the first one at the first event of the log."""
    if before:
        return before.until
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM audit_event")
        first: datetime | None = cursor.fetchone()[0]
    return first or database_now() - timedelta(days=1)


@dataclass(frozen=True)
class Mark:
    """One mark, with its event and the entry of the sealed log that the event is, None while it waits for the next seal."""

    row: PeriodReview
    event_id: UUID | None
    entry: int | None = None


def marks(most: int) -> list[Mark]:
    """Return the last marks, newest first; only of the first one the place in the sealed log."""
    rows = list(PeriodReview.objects.select_related("reviewer").order_by("-number")[:most])
    named = Event.objects.filter(type="period.reviewed", object_id__in=[str(row.pk) for row in rows])
    events = dict(named.values_list("object_id", "id"))
    found = [Mark(row, events.get(str(row.pk))) for row in rows]
    if found and found[0].event_id:
        place = place_of(found[0].event_id)
        found[0] = replace(found[0], entry=place[1] if place else None)
    return found


def standing(reader: Person, since: datetime, until: datetime) -> Standing:
    """Return what was closed after `since` until `until`, and what is open now."""
    rules = review_rules_in_force()
    within: dict[str, Any] = {"at__gt": since, "at__lte": until}
    reviews = GrantReview.objects.filter(**within).count()
    glass = BreakGlass.objects.filter(reviewed_at__gt=since, reviewed_at__lte=until).count()
    stands_out = len(to_look_at(rules, reader.pk)) + len(teams_to_look_at(rules, reader))
    return Standing(
        (
            Counted("Approvals and their use", FindingWord.objects.filter(**within).count(), open_findings()),
            Counted(
                "Unusual use",
                FlagWord.objects.filter(word="dismissed", **within).count(),
                open_flags().count(),
            ),
            Counted("Access that stands out", reviews, stands_out),
            Counted("Emergency starts", glass, BreakGlass.objects.filter(reviewed_at__isnull=True).count()),
        )
    )

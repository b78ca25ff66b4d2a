"""What the pages on people show. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone

from accounts.models import Person, StandingRight
from accounts.queries import roles_in_force
from accounts.rights.kinds import title_of
from audit.models import Event
from opsconsole.lib.clock import shown_now

MOST = 200  # people on the list
LAST_RIGHTS = 10  # ended rights on a person's page


@dataclass(frozen=True)
class Line:
    """One person of the list."""

    person: Person
    roles: tuple[str, ...]
    rights: int
    overdue: int


@dataclass(frozen=True)
class RightLine:
    """One standing right on a page; `state` is live, over (its end passed) or ended, `overdue` where its review date has passed."""

    row: StandingRight
    title: str
    state: str
    overdue: bool


@dataclass(frozen=True)
class Left:
    """How somebody was off-boarded: when, by whom, why, and what ended."""

    at: datetime
    by: str
    reason: str
    to: str
    count: int
    ended: tuple[str, ...]


def person_for_page(person_id: UUID) -> Person:
    """Return a person. Raises `Http404`."""
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise Http404("There is nobody of this id.")
    return found


def people_lines(text: str, *, left: bool) -> list[Line]:
    """Return the people who are here, or those who left, by name; `text` is the beginning of a sign-in name or a part of a name."""
    rows = Person.objects.filter(is_active=not left).prefetch_related("memberships")
    if text:
        rows = rows.filter(Q(username__istartswith=text) | Q(display_name__icontains=text))
    today = Q(standing_rights__review_on__lt=shown_now().date())
    standing = Q(standing_rights__ended_at=None, standing_rights__isnull=False)
    rows = rows.annotate(
        right_count=Count("standing_rights", filter=standing),
        overdue_count=Count("standing_rights", filter=standing & today),
    )
    return [_line(person) for person in rows.order_by("display_name", "username")[:MOST]]


def _line(person: Person) -> Line:
    counts = vars(person)
    return Line(person, titles_of(person), counts["right_count"], counts["overdue_count"])


def titles_of(person: Person) -> tuple[str, ...]:
    """Return a person's roles by title; one that the policy no longer names says so."""
    known = roles_in_force().roles
    keys = [row.role for row in person.memberships.all()]
    return tuple(known[key].title if key in known else f"{key} (not in the policy)" for key in keys)


def rights_of(person: Person) -> tuple[list[RightLine], list[RightLine]]:
    """Return a person's standing rights, those to be looked at first; and the last ones that ended."""
    rows = StandingRight.objects.filter(person=person).select_related("permission", "given_by", "ended_by")
    standing = rows.filter(ended_at=None).order_by("review_on", "object_label")
    ended = rows.exclude(ended_at=None).order_by("-ended_at")[:LAST_RIGHTS]
    return [right_line(row) for row in standing], [right_line(row) for row in ended]


def right_line(row: StandingRight) -> RightLine:
    """Return a right as pages show it."""
    now = timezone.now()
    state = "ended" if row.ended_at else "over" if row.ends_at and row.ends_at <= now else "live"
    return RightLine(row, title_of(row.permission.codename), state, overdue(row.review_on, now.date()))


def overdue(review_on: date, today: date) -> bool:
    """Tell whether a review date has passed."""
    return review_on < today


def right_for_page(right_id: UUID) -> RightLine:
    """Return one standing right. Raises `Http404`."""
    rows = StandingRight.objects.select_related("permission", "person", "given_by", "ended_by")
    row = rows.filter(pk=right_id).first()
    if row is None:
        raise Http404("There is no such right.")
    return right_line(row)


def how_they_left(person: Person) -> Left | None:
    """Return how somebody was off-boarded the last time, as the log has it; None for who is here or was only deactivated."""
    if person.is_active:
        return None
    event = (
        Event.objects.filter(type="person.off_boarded", object_id=str(person.pk))
        .order_by("-at", "-id")
        .first()
    )
    if event is None:
        return None
    said = event.fields
    ended = tuple(said.get("ended", ()))
    return Left(
        event.at, event.actor_label, said.get("reason", ""), said.get("to", ""), said.get("count", 0), ended
    )

"""Emergency starts and the reviews they owe, as reviewers see them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from accounts.models import Person
from grants.models import BreakGlass, Grant
from grants.queries.pages import GrantLine, StoryLine, grant_line, story_of
from opsconsole.lib.clock import database_now

REVIEWED_SHOWN = 10


@dataclass(frozen=True)
class GlassLine:
    """One emergency start, with its access and whether the reader is the person who started it."""

    glass: BreakGlass
    line: GrantLine
    is_mine: bool


def glass_section(*, person: Person) -> dict[str, Any]:
    """Return the section of `/reviews/` on emergency starts: the reviews that are owed, the oldest first, and the last ones written."""
    rows = BreakGlass.objects.select_related("request__case", "request__tenant", "person", "reviewer")
    return {
        "key": "break-glass",
        "title": "Emergency starts without an approval",
        "lead": "Each owes a review by a second person. Until then, whoever started it cannot do so again.",
        "template": "grants/_glass_review.html",
        "count": BreakGlass.objects.filter(reviewed_at__isnull=True).count(),
        "owed": [
            _line(glass, person) for glass in rows.filter(reviewed_at__isnull=True).order_by("broken_at")
        ],
        "reviewed": [
            _line(glass, person) for glass in rows.filter(reviewed_at__isnull=False)[:REVIEWED_SHOWN]
        ],
    }


def get_glass_for(person: Person, glass_id: UUID) -> GlassLine:
    """Return an emergency start for a reviewer, whose door the view asks. Raises `Http404` for an unknown one."""
    rows = BreakGlass.objects.select_related("request__case", "request__tenant", "person", "reviewer")
    glass = rows.filter(pk=glass_id).first()
    if glass is None:
        raise Http404("No emergency start.")
    return _line(glass, person)


def story_of_glass(line: GlassLine) -> list[StoryLine]:
    """Return everything the log says of an emergency start, newest first."""
    return story_of(grant_id=line.line.grant.pk)


def debts() -> int:
    """Return how many emergency starts wait for their review."""
    return BreakGlass.objects.filter(reviewed_at__isnull=True).count()


def _line(glass: BreakGlass, person: Person) -> GlassLine:
    grant = (
        Grant.objects.select_related("case", "tenant", "person")
        .prefetch_related("scopes")
        .get(request=glass.request_id)
    )
    return GlassLine(glass, grant_line(grant, database_now()), glass.person_id == person.pk)

"""Access reviews as pages show them, and what changed lately about rights."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import Person
from audit.models import Event
from grants.campaigns.actions import lesser_roles
from grants.models import Campaign, CampaignItem

TONES = {"keep": "good", "reduce": "notice", "end": "bad", "late": "bad", "told": "notice", "gone": "neutral"}
CHANGES = (
    "person.added",
    "person.roles_changed",
    "person.deactivated",
    "person.reactivated",
    "object_right.given",
    "object_right.renewed",
    "object_right.ended",
)
CHANGES_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One line of a review. `mine` is whether the reader holds it, `asked` whether it is the reader who is asked."""

    row: CampaignItem
    tone: str
    mine: bool
    asked: bool
    lesser: dict[str, str]


@dataclass(frozen=True)
class Holder:
    """All lines about one person."""

    person: Person
    lines: list[Line]


def campaigns_listed() -> QuerySet[Campaign]:
    """Return the access reviews, newest first, with how many lines they have and how many wait."""
    rows = Campaign.objects.select_related("opened_by", "closed_by").order_by("-opened_at")
    return rows.annotate(lines=Count("items"), waiting=Count("items", filter=Q(items__decision="")))


def campaign_of(campaign_id: UUID) -> Campaign:
    """Return one access review as `campaigns_listed` has it. Raises `Http404` where there is none."""
    row = campaigns_listed().filter(pk=campaign_id).first()
    if row is None:
        raise Http404("No access review.")
    return row


def item_of(item_id: UUID) -> CampaignItem:
    """Return one line of a review. Raises `Http404` where there is none."""
    row = CampaignItem.objects.filter(pk=item_id).first()
    if row is None:
        raise Http404("No line of an access review.")
    return row


def holders_of(campaign: Campaign, reader: Person) -> list[Holder]:
    """Return the lines of a review by person, those that wait first."""
    rows = campaign.items.select_related("person", "reviewer", "decided_by", "right")
    lines = [_line(row, reader) for row in rows.order_by("place")]
    found = [
        Holder(person, list(theirs)) for person, theirs in groupby(lines, key=lambda line: line.row.person)
    ]
    return sorted(found, key=lambda holder: all(line.row.decision for line in holder.lines))


def _line(row: CampaignItem, reader: Person) -> Line:
    mine = row.person_id == reader.pk
    lesser = lesser_roles(row.role) if row.role and not row.decision and not mine else {}
    return Line(row, TONES.get(row.decision, "notice"), mine, row.reviewer_id == reader.pk, lesser)


def counted(campaign: Campaign) -> list[tuple[str, str, int]]:
    """Return how many lines were decided how: words, tone and number."""
    found = Counter(campaign.items.exclude(decision="").values_list("decision", flat=True))
    words = dict(CampaignItem.Decision.choices)
    return [(words[key], TONES[key], found[key]) for key in words if found[key]]


def closing_event(campaign: Campaign) -> Event | None:
    """Return the event that closed a review, whose proof proves the result."""
    rows = Event.objects.filter(
        type="access_review.closed", object_type="access_review", object_id=str(campaign.pk)
    )
    return rows.first() if campaign.closed_at else None


def changes_lately() -> list[dict[str, Any]]:
    """Return the last changes of people and rights. Where one did not come from a page, it says from where."""
    rows = Event.objects.filter(type__in=CHANGES, outcome="ok").order_by("-at", "-id")[:CHANGES_SHOWN]
    return [{"event": row, "from": "" if row.surface == "web" else row.surface} for row in rows]


def lines_waiting() -> int:
    """Return how many lines of open reviews nobody has answered."""
    return CampaignItem.objects.filter(decision="", campaign__closed_at=None).count()

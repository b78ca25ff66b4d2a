"""What matching found and nobody has closed, and what was closed lately."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from audit.models import Event
from grants.models import AccessRequest, FindingEvent, FindingWord, Grant, UseFinding

MOST = 200  # findings of one list; the oldest wait until the newer ones are closed
BASIS_SHOWN = 6
BASIS = {
    "request.approved": "the approval",
    "request.approved_by_policy": "the approval",
    "access.requested": "the request",
    "extension.requested": "the request for more time",
    "grant.ended": "the end",
    "session.questioned": "the question",
}
TONES = {UseFinding.Kind.AFTER_END: "bad", UseFinding.Kind.TOGETHER: "bad"}


@dataclass(frozen=True)
class Basis:
    """One event that a finding rests on, by what it is: the approval, the request, a look, the end."""

    event_id: UUID
    at: datetime
    words: str


@dataclass(frozen=True)
class Finding:
    """One finding as the list shows it. `mine` is whether the reader asked for the access, held it, ended it or decided on it."""

    row: UseFinding
    events: list[FindingEvent]
    is_open: bool
    mine: bool
    basis: list[Basis] = field(default_factory=list)

    @property
    def tone(self) -> str:
        """Return how its chip is toned: what should not be possible is told apart from what only wants a look."""
        return TONES.get(UseFinding.Kind(self.row.kind), "notice")

    @property
    def more(self) -> int:
        """Return how many later uses, or questions, came after the one that its words name."""
        told_once = (UseFinding.Kind.AFTER_END, UseFinding.Kind.QUESTIONED)
        return len(self.events) - 1 if self.row.kind in told_once else 0


def findings_to_look_at(reader: UUID) -> list[Finding]:
    """Return what is open, newest first."""
    rows = _open().select_related("grant__case", "grant__tenant", "grant__person").prefetch_related("events")
    found = list(rows.order_by("-found_at")[:MOST])
    mine = set(_had_a_part(reader).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    types = _types([event.event_id for row in found for event in list(row.events.all())[:BASIS_SHOWN]])
    return [Finding(row, list(row.events.all()), True, row.pk in mine, _basis(row, types)) for row in found]


def _types(events: list[UUID]) -> dict[UUID, str]:
    return dict(Event.objects.filter(id__in=events).values_list("id", "type"))


def _basis(row: UseFinding, types: dict[UUID, str]) -> list[Basis]:
    return [
        Basis(event.event_id, event.event_at, BASIS.get(types.get(event.event_id, ""), "the use"))
        for event in list(row.events.all())[:BASIS_SHOWN]
    ]


def open_findings() -> int:
    """Return how many findings nobody has closed."""
    return _open().count()


def finding_for(reader: UUID, finding_id: UUID) -> Finding:
    """Return one finding as it stands. Raises `Http404` where there is none."""
    row = UseFinding.objects.filter(pk=finding_id).select_related("grant").first()
    if row is None:
        raise Http404("No finding.")
    events = list(row.events.all())
    seen = row.said.aggregate(most=Max("after"))["most"] or 0
    mine = _had_a_part(reader).filter(pk=finding_id).exists()
    return Finding(row, events, len(events) > seen, mine)


def words_lately(most: int) -> QuerySet[FindingWord]:
    """Return the last words that reviewers left."""
    named = ("finding__grant__tenant", "finding__grant__person", "finding__grant__case", "reviewer")
    return FindingWord.objects.select_related(*named)[:most]


def _open() -> QuerySet[UseFinding]:
    return UseFinding.objects.annotate(
        has=Count("events", distinct=True), closed_after=Coalesce(Max("said__after"), 0)
    ).filter(has__gt=F("closed_after"))


def _had_a_part(reader: UUID) -> QuerySet[UseFinding]:
    """Return the findings about access that somebody asked for, held, ended or decided on, in any part of its chain."""
    first = OuterRef("grant__request")
    asked = AccessRequest.objects.filter(Q(pk=first) | Q(extends__request=first))
    theirs = Q(requester=reader) | Q(person=reader) | Q(approvals__decider=reader)
    held = Grant.objects.filter(Q(person=reader) | Q(ended_by=reader), request=first)
    return UseFinding.objects.filter(Exists(asked.filter(theirs)) | Exists(held))

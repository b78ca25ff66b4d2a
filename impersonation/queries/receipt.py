"""What a customer reads of a session afterwards: roles in the place of names, and where each step stands in the sealed log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.models import Event
from audit.seal import store
from audit.seal.store import Head
from grants.consent.ledger import Entry, positions_of
from grants.consent.queries import role_of
from grants.models import Approval, CustomerLink, UseFinding
from impersonation.models import SupportSession
from impersonation.queries.steps import NOT_TOLD, Change, Line
from impersonation.queries.story import Story, story_of

MOST = 500  # entries of one receipt
ENDS = {
    "left": "They ended it themselves",
    "time": "Its time was over",
    "idle": "Nothing was done any more",
    "lead": "A supervisor of theirs ended it",
    "all": "A supervisor of theirs ended it",
}
BY_RULE, BY_NOBODY = "A rule of our policy", "Nobody: an emergency, reviewed afterwards"


@dataclass(frozen=True)
class Receipt:
    """One session as its customer reads it."""

    session: SupportSession
    who: str
    approvers: list[str]
    areas: list[str]
    sensitive: list[str]
    changes: list[Change]
    stopped: int
    lasted: str
    end: str
    entries: list[Entry]
    is_whole: bool
    head: Head | None
    asked_at: datetime | None
    looked_at: datetime | None


def receipt_of(session_id: UUID) -> Receipt:
    """Return the receipt of one session. Raises `SupportSession.DoesNotExist`."""
    session = SupportSession.objects.select_related(
        "agent", "tenant", "case", "grant", "grant__request", "trace"
    ).get(pk=session_id)
    story = story_of(session)
    asked_at, looked_at = _question(session)
    heads = store.recent_heads(1)
    return Receipt(
        session=session,
        who=role_of(session.agent),
        approvers=_approvers(session),
        areas=story.areas,
        sensitive=[seen_words(line) for line in story.sensitive],
        changes=changes_of(story),
        stopped=sum(line.times for line in story.blocked),
        lasted=story.lasted,
        end=ENDS.get(session.cause, "The access under it ended"),
        entries=_entries(session),
        is_whole=story.is_whole,
        head=heads[0] if heads else None,
        asked_at=asked_at,
        looked_at=looked_at,
    )


def receipt_page(*, about: UUID) -> dict[str, Any]:
    """Return what a receipt's link shows; registered as a customer's page."""
    receipt = receipt_of(about)
    session = receipt.session
    return {
        "template": "customer/receipt.html",
        "what": "the receipt of a support session",
        "trail": session.trail(),
        "mail": (
            f"{receipt.who} worked in your account for {receipt.lasted} under ticket {session.case.ticket}. "
            "Why, what was seen and what was changed stands here:"
        ),
        "receipt": receipt,
    }


def seen_words(line: Line) -> str:
    """Return what a sensitive step showed, without the names of ours that its sentence has."""
    return line.what or line.area or "A sensitive page"


def changes_of(story: Story) -> list[Change]:
    """Return what was changed; values that the log keeps apart are left out."""
    found = []
    for line in story.changes:
        found += line.changes or [Change(line.what or "Something", "", "")]
    return [
        Change(change.what.replace("_", " ").replace(".", " "), change.old, change.new) for change in found
    ]


def _approvers(session: SupportSession) -> list[str]:
    decisions = Approval.objects.filter(
        request_id=session.grant.request_id, decision=Approval.Decision.APPROVE
    ).select_related("decider")
    roles = [role_of(row.decider) if row.decider else BY_RULE for row in decisions.order_by("decided_at")]
    return list(dict.fromkeys(roles)) or [BY_NOBODY]


def _entries(session: SupportSession) -> list[Entry]:
    rows = Event.objects.filter(session_id=session.pk).exclude(type__in=NOT_TOLD).order_by("at", "id")
    found = list(rows.values_list("id", "at")[:MOST])
    places = positions_of(event_id for event_id, _at in found)
    return [Entry(event_id, at, places.get(event_id)) for event_id, at in found]


def _question(session: SupportSession) -> tuple[datetime | None, datetime | None]:
    """Return when the customer asked about this session, and when somebody looked at it since."""
    link = CustomerLink.objects.filter(kind=CustomerLink.Kind.RECEIPT, about=session.pk).first()
    if link is None or link.used_at is None:
        return None, None
    found = UseFinding.objects.filter(grant_id=session.grant_id, kind=UseFinding.Kind.QUESTIONED).first()
    said = found.said.filter(at__gte=link.used_at).order_by("at").first() if found else None
    return link.used_at, said.at if said else None

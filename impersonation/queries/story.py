"""The story of one session, told from the log: whatever is recorded with the session's id stands here by itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from audit.models import Event
from audit.registry import event_type
from grants.models import Approval, Grant
from impersonation.models import SupportSession
from impersonation.policy import idle_at, length_words
from impersonation.product.banner import MISSED
from impersonation.queries.state import State, state_of
from impersonation.session_rules import session_rules_in_force
from tenants.queries import language_in_force

MOST = 500  # events of one story; the log has the rest
LOOKS = "AU-2: access to customer data"
CHANGES = "AU-2: change of customer data"
GROUND = ("access.", "request.", "consent.", "extension.", "glass.", "grant.")
NOT_TOLD = (
    "session.story_opened",
    "session.subjects_listed",
    "request.opened",
    "story.opened",
    "session.code_given",
    "session.product_opening",
)
AREA, SENSITIVE, CHANGE, BLOCKED, TURN = "area", "sensitive", "change", "blocked", "turn"


@dataclass(frozen=True)
class Change:
    """One value that was changed; empty where the policy keeps it out of the log."""

    what: str
    old: str
    new: str


@dataclass
class Line:
    """One step of a story. `times` counts neighbours that say the same."""

    at: datetime
    kind: str
    text: str
    detail: str = ""
    url: str = ""
    tone: str = ""
    times: int = 1
    area: str = ""
    what: str = ""
    areas: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """One session on one screen. `before` is how it came to be, `lines` what happened in it, both from first to last."""

    session: SupportSession
    state: State
    approvers: list[str]
    before: list[Line]
    lines: list[Line]
    is_whole: bool
    idle_at: datetime
    shown: int
    unshown: dict[str, int]
    is_mine: bool

    @property
    def areas(self) -> list[str]:
        """Return the areas that were entered, each once, in their order."""
        entered = (area for line in self.lines if line.kind in (AREA, SENSITIVE) for area in line.areas)
        return list(dict.fromkeys(entered))

    @property
    def sensitive(self) -> list[Line]:
        """Return the sensitive pages that were seen."""
        return self.of(SENSITIVE)

    @property
    def changes(self) -> list[Line]:
        """Return what was changed."""
        return self.of(CHANGE)

    @property
    def blocked(self) -> list[Line]:
        """Return what was tried and stopped."""
        return self.of(BLOCKED)

    @property
    def cause(self) -> str:
        """Return why it ended, in words; empty while it lives."""
        return str(SupportSession.Cause(self.state.cause).label) if self.state.cause else ""

    @property
    def ended_by_other(self) -> bool:
        """Tell whether somebody else than its agent ended it."""
        return self.session.ended_by_id not in (None, self.session.agent_id)

    @property
    def lasted(self) -> str:
        """Return how long it lasted, or lasts by now, in words."""
        return length_words((self.session.ended_at or self.state.now) - self.session.started_at)

    @property
    def may(self) -> list[str]:
        """Return what its scopes allow, as sentences; those of now while it lives, those of its start afterwards."""
        known, held = roles_in_force().scopes, self.state.scopes or self.session.scopes
        return [known[scope].may for scope in sorted(held) if scope in known]

    @property
    def missed(self) -> int:
        """Return on how many pages the banner was missing."""
        return sum(count for cause, count in self.unshown.items() if cause in MISSED)

    @property
    def no_page(self) -> int:
        """Return how many answers needed no banner."""
        return sum(self.unshown.values()) - self.missed

    def of(self, kind: str) -> list[Line]:
        """Return the steps of one kind."""
        return [line for line in self.lines if line.kind == kind]


def story_of(session: SupportSession, person: Person | None = None) -> Story:
    """Return the story of a session; steps lead to their events for a reader of the log."""
    links = person is not None and "review" in powers_of(person).may
    found = list(
        Event.objects.filter(session_id=session.pk)
        .exclude(type__in=NOT_TOLD)
        .order_by("at", "id")[: MOST + 1]
    )
    own = [line_of(event, links=links) for event in found[:MOST]]
    ground = Q(*(Q(type__startswith=prefix) for prefix in GROUND), _connector=Q.OR)
    before = Event.objects.filter(
        ground, request_id=session.grant.request_id, session_id=None, at__lte=session.started_at, outcome="ok"
    ).exclude(type__in=NOT_TOLD)
    return Story(
        session=session,
        state=state_of(session.pk),
        approvers=approvers_of(session.grant),
        before=[line_of(event, links=links) for event in before.order_by("at", "id")[:MOST]],
        lines=joined(sorted(own, key=lambda line: line.at)),
        is_whole=len(found) <= MOST,
        idle_at=idle_at(session.trace.human_at, session_rules_in_force()),
        shown=session.trace.shown,
        unshown=dict(session.trace.unshown),
        is_mine=person is not None and person.pk == session.agent_id,
    )


def approvers_of(grant: Grant) -> list[str]:
    """Return who approved an access, by name; a rule of the policy and an emergency start say so."""
    approvals = Approval.objects.filter(request_id=grant.request_id, decision=Approval.Decision.APPROVE)
    names = [approval.by for approval in approvals.select_related("decider").order_by("decided_at")]
    return list(dict.fromkeys(names)) or ["nobody, an emergency start"]


def line_of(event: Event, *, links: bool = False) -> Line:
    """Return one event as a step; the product's own steps carry the time it gave them."""
    kind, areas = kind_of(event), _areas(event)
    return Line(
        at=_at(event),
        kind=kind,
        text=event.sentence,
        detail=str(event.fields.get("comment") or ""),
        url=reverse("audit:event", args=[event.pk]) if links else "",
        tone="bad" if event.outcome == "failed" else "notice" if kind in (BLOCKED, CHANGE) else "",
        area=", ".join(areas),
        areas=areas,
        what=_what(event),
        changes=[_change(change) for change in event.changes],
    )


def kind_of(event: Event) -> str:
    """Return which kind of step an event is: area, sensitive, change, blocked or turn."""
    category = _category(event.type)
    if event.outcome == "refused":
        return BLOCKED
    if event.changes or category == CHANGES:
        return CHANGE
    if event.type in ("product.page_seen", "field.revealed"):
        return SENSITIVE
    return AREA if category == LOOKS else TURN


def joined(lines: Iterable[Line]) -> list[Line]:
    """Return steps with neighbours that say the same told once: areas, not every click."""
    told: list[Line] = []
    for line in lines:
        if told and line.kind in (AREA, BLOCKED) and (told[-1].kind, told[-1].text) == (line.kind, line.text):
            told[-1].times += 1
        else:
            told.append(line)
    return told


def _category(name: str) -> str:
    try:
        return event_type(name).category
    except LookupError:
        return ""


def _at(event: Event) -> datetime:
    told = event.fields.get("at") if event.type.startswith("product.") else None
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC) if told else event.at
    except ValueError:
        return event.at


def _areas(event: Event) -> list[str]:
    """Return the areas of the product, or the panels of the console, that an event names."""
    language = language_in_force()
    titles = [panel.title for key in event.fields.get("panels") or () if (panel := language.panel(str(key)))]
    one = str(event.fields.get("area") or event.fields.get("panel") or "")
    return titles or ([one] if one else [])


def _what(event: Event) -> str:
    if event.type == "field.revealed":
        return (
            f"{event.fields.get('column', 'One field')} of {event.fields.get('panel', 'a panel')}, in clear"
        )
    return str(event.fields.get("what") or "")


def _change(change: dict[str, Any]) -> Change:
    def text(name: str) -> str:
        return "" if change.get(name) is None else str(change[name])

    return Change(text("field"), text("old"), text("new"))

"""The story of one session, told from the log: whatever is recorded with the session's id stands here by itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Person
from accounts.queries import powers_of
from audit.models import Event
from grants.models import Approval, Grant
from impersonation.models import SupportSession
from impersonation.policy import idle_at, length_words
from impersonation.product.banner import MISSED
from impersonation.queries.state import State, state_of
from impersonation.queries.steps import AREA, BLOCKED, CHANGE, SENSITIVE, Line, joined, read_steps, read_turns
from impersonation.queries.words import may_words
from impersonation.session_rules import session_rules_in_force

GROUND = ("access.", "request.", "consent.", "extension.", "glass.", "grant.")


@dataclass(frozen=True)
class Story:
    """One session on one screen. `before` is how it came to be, `lines` what happened in it, both from first to last.

    What others decided under the same ticket meanwhile, such as on a scope that was asked for anew, stands among `lines`.
    """

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
        return may_words(self.session, self.state.scopes or self.session.scopes)

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
    state = state_of(session.pk)
    ground = Q(*(Q(type__startswith=prefix) for prefix in GROUND), _connector=Q.OR)
    aside = Event.objects.filter(ground, case_id=session.case_id, session_id=None, outcome="ok")
    before = aside.filter(request_id=session.grant.request_id, at__lte=session.started_at)
    during = aside.filter(at__gt=session.started_at, at__lte=session.ended_at or state.now)
    own, is_whole = read_steps(Event.objects.filter(session_id=session.pk), links=links)
    own += read_turns(during, links=links)
    return Story(
        session=session,
        state=state,
        approvers=approvers_of(session.grant),
        before=read_turns(before, links=links),
        lines=joined(sorted(own, key=lambda line: line.at)),
        is_whole=is_whole,
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

"""What the pages of cases, requests and grants show: frozen, and already in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from accounts.roles import CONSEQUENCES, Scope
from audit.models import Event
from grants import policy
from grants.models import AccessRequest, Approval, Case, Grant, RequestMessage
from grants.queries.holding import ends_of
from grants.rules import rules_in_force
from grants.standing import state_of
from opsconsole.lib.clock import database_now

TONES = {
    "pending": "notice",
    "asked_back": "notice",
    "approved": "good",
    "denied": "bad",
    "withdrawn": "neutral",
    "lapsed": "neutral",
    "scheduled": "notice",
    "live": "good",
    "ended": "neutral",
    "open": "good",
    "closed": "neutral",
}
LONGEST_STORY = 200  # events on one page; the explorer has the rest


@dataclass(frozen=True)
class ScopeLine:
    """One scope as a sentence."""

    key: str
    sentence: str
    consequence: str
    longest_minutes: int = 0
    chosen: bool = False


@dataclass(frozen=True)
class Bounds:
    """What somebody may do and what they must leave alone, both as sentences."""

    may: list[ScopeLine]
    leave: list[ScopeLine]


@dataclass(frozen=True)
class State:
    """A state word, what it means and its tone."""

    word: str
    meaning: str
    tone: str


@dataclass(frozen=True)
class GrantLine:
    """One grant in a list or on its page: `until` is the end that really holds, `lost` what the policy in force no longer gives."""

    grant: Grant
    state: State
    name: str
    scopes: list[ScopeLine]
    until: datetime
    lost: list[ScopeLine]

    @property
    def is_over(self) -> bool:
        """Tell whether it gives no access any more."""
        return self.name == "ended"

    @property
    def is_shorter(self) -> bool:
        """Tell whether it ends sooner than was approved."""
        return self.until < self.grant.expires_at


@dataclass(frozen=True)
class RequestLine:
    """One request in a list."""

    request: AccessRequest
    state: State
    scopes: list[ScopeLine]


@dataclass(frozen=True)
class StoryLine:
    """One event of a case, as the timeline shows it."""

    at: datetime
    text: str
    tone: str
    url: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Decision:
    """One decision of a request: by whom, when, what was let through, with which words."""

    approval: Approval
    scopes: list[ScopeLine]
    dropped: list[ScopeLine]


@dataclass(frozen=True)
class Question:
    """A request as a decider sees it: what remains of it now, and what stays closed."""

    state: State
    name: str
    bounds: Bounds
    remaining: policy.Decided
    decisions: list[Decision]
    needed: int
    ends_if_approved_now: datetime
    grant: GrantLine | None
    messages: list[RequestMessage]

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits, for a decision or for an answer."""
        return self.name in AccessRequest.OPEN


def askable(person: Person, chosen: set[str]) -> Bounds:
    """Return the scopes a person may ask for on the form, ticked where chosen, and those that stay closed to their role."""
    powers, rules = powers_of(person), rules_in_force()
    open_to = powers.asks_for & set(rules.ceremonies)
    lines = [
        (_line(scope, chosen), scope)
        for scope in roles_in_force().scopes.values()
        if scope.key not in powers.scopes
    ]
    return Bounds(
        may=[line for line, scope in lines if scope.consequence in open_to],
        leave=[line for line, scope in lines if scope.consequence not in open_to],
    )


def bounds_of(scopes: set[str], person: Person) -> Bounds:
    """Return what these scopes let a person do, and every other thing that has to be asked for."""
    held = powers_of(person).scopes
    return Bounds(
        may=lines_of(scopes),
        leave=[
            _line(scope, set())
            for scope in roles_in_force().scopes.values()
            if scope.key not in scopes | held
        ],
    )


def lines_of(scopes: set[str]) -> list[ScopeLine]:
    """Return scopes as sentences; one that the policy no longer knows is shown by its key."""
    known = roles_in_force().scopes
    return [
        _line(known[key], scopes) if key in known else ScopeLine(key, key, "", chosen=True)
        for key in sorted(scopes)
    ]


def request_line(request: AccessRequest, now: datetime) -> RequestLine:
    """Return a request for a list. Prefetch `scopes` where there are many."""
    name = state_of(request, now)
    word = AccessRequest.Status(name).label
    return RequestLine(
        request, State(word, "", TONES[name]), lines_of({row.scope for row in request.scopes.all()})
    )


def grant_line(grant: Grant, now: datetime) -> GrantLine:
    """Return one grant for its page, in the state the clock gives it."""
    return grant_lines([grant], now)[0]


def grant_lines(grants: Iterable[Grant], now: datetime) -> list[GrantLine]:
    """Return grants for a list, in their order. Prefetch `scopes`; what the policy in force leaves of them costs one query."""
    rows = list(grants)
    names = {row.pk: _state_of(row, now) for row in rows}
    ends = ends_of([row for row in rows if names[row.pk] != "ended"], now)
    return [_grant_line(row, now, names[row.pk], ends.get(row.pk)) for row in rows]


def _state_of(grant: Grant, now: datetime) -> str:
    return policy.state_at(
        now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at
    )


def _grant_line(grant: Grant, now: datetime, name: str, ends: dict[str, datetime] | None) -> GrantLine:
    meaning = (grant.get_end_cause_display() or Grant.Cause.EXPIRED.label) if name == "ended" else ""
    asked = {row.scope for row in grant.scopes.all()}
    held = asked if ends is None else asked & set(ends)
    until = grant.expires_at if ends is None else max(ends.values(), default=now)
    return GrantLine(
        grant=grant,
        state=State(Grant.Status(name).label, meaning, TONES[name]),
        name=name,
        scopes=lines_of(held),
        until=until,
        lost=lines_of(asked - held),
    )


def requests_of(case: Case) -> list[RequestLine]:
    """Return a case's requests, newest first."""
    now = database_now()
    rows = (
        case.requests.select_related("requester", "person", "tenant", "case")
        .prefetch_related("scopes")
        .order_by("-asked_at")
    )
    return [request_line(row, now) for row in rows]


def grants_of(case: Case) -> list[GrantLine]:
    """Return a case's grants, newest first."""
    now = database_now()
    return grant_lines(case.grants.select_related("person", "tenant").prefetch_related("scopes"), now)


def story_of(
    *, case_id: UUID | None = None, request_id: UUID | None = None, grant_id: UUID | None = None
) -> list[StoryLine]:
    """Return the events of one case, request or grant in plain sentences, newest first."""
    named = {"case_id": case_id, "request_id": request_id, "grant_id": grant_id}
    events = Event.objects.filter(**{key: value for key, value in named.items() if value}).order_by(
        "-at", "-id"
    )
    return [
        StoryLine(
            event.at,
            event.sentence,
            "" if event.outcome == "ok" else "bad",
            detail=str(event.fields.get("comment") or ""),
        )
        for event in events[:LONGEST_STORY]
    ]


def question_of(request: AccessRequest) -> Question:
    """Return a request as its page shows it."""
    now = database_now()
    name = state_of(request, now)
    asked = {row.scope for row in request.scopes.all()}
    approvals = list(request.approvals.select_related("decider").prefetch_related("scopes"))
    counted = [
        row for row in approvals if row.round == request.round and row.decision == Approval.Decision.APPROVE
    ]
    remaining = policy.what_remains(asked, request.minutes, [_let_through(row) for row in counted])
    grant = (
        Grant.objects.filter(Q(request=request) | Q(pk=request.extends_id))
        .select_related("person", "tenant")
        .prefetch_related("scopes")
        .first()
    )
    return Question(
        state=State(AccessRequest.Status(name).label, "", TONES[name]),
        name=name,
        bounds=bounds_of(set(remaining.scopes), request.person),
        remaining=remaining,
        decisions=[_decision(row, asked) for row in approvals],
        needed=max(0, request.approvals_needed - len(counted)),
        ends_if_approved_now=policy.window(now, request.starts_at, remaining.minutes)[1],
        grant=grant_line(grant, now) if grant else None,
        messages=list(request.messages.select_related("author").order_by("said_at")),
    )


def default_minutes(person: Person, scopes: Iterable[str] = ()) -> int:
    """Return the minutes a form offers: the default of the chosen scopes, or of the least that the person's role asks for."""
    known, ceremonies = roles_in_force().scopes, rules_in_force().ceremonies
    chosen = {known[scope].consequence for scope in scopes if scope in known} & set(ceremonies)
    open_to = powers_of(person).asks_for & set(ceremonies)
    least = [name for name in CONSEQUENCES if name in open_to][:1]
    return rules_in_force().ceremony_for(chosen or least).default_minutes if chosen or least else 30


def _line(scope: Scope, chosen: set[str]) -> ScopeLine:
    ceremony = rules_in_force().ceremonies.get(scope.consequence)
    longest = ceremony.longest_minutes if ceremony else 0
    return ScopeLine(scope.key, scope.may, scope.consequence.replace("_", " "), longest, scope.key in chosen)


def _let_through(approval: Approval) -> policy.Decided:
    return policy.Decided(frozenset(row.scope for row in approval.scopes.all()), approval.minutes or 0)


def _decision(approval: Approval, asked: set[str]) -> Decision:
    kept = {row.scope for row in approval.scopes.all()}
    dropped = asked - kept if approval.decision == Approval.Decision.APPROVE else set()
    return Decision(approval, lines_of(kept), lines_of(dropped))

"""Reads for the pages of approved actions."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import Http404
from django.urls import reverse

from accounts.models import Person
from accounts.queries import said_of_scope
from impersonation.models import ActionRun, SupportSession
from impersonation.queries import State, state_of
from impersonation.running.rules import Action, actions_in_force

SALT = "impersonation.running.preview"
MINUTES = 10  # what the link asks for: just this action, for a short time
SEEN_SECONDS = 15 * 60


@dataclass(frozen=True)
class Offer:
    """One action as the session's page lists it; closed ones say what is missing and where to ask for just that."""

    action: Action
    is_open: bool
    url: str
    ask_url: str
    missing: str


@dataclass(frozen=True)
class Seen:
    """What a preview showed: the run it would become, its session, action and fields, and the values that stood there."""

    run: str
    session: str
    action: str
    typed: dict[str, str]
    expect: dict[str, str]

    def signed(self) -> str:
        """Return it as a text that only this console can make."""
        return signing.dumps(vars(self), salt=SALT)


def read_seen(text: str) -> Seen | None:
    """Return what was seen, None for anything made elsewhere or too long ago."""
    try:
        return Seen(**signing.loads(text, salt=SALT, max_age=SEEN_SECONDS))
    except (signing.BadSignature, TypeError):
        return None


def own_session(person: Person, session_id: UUID) -> State:
    """Return how one's own session stands. Raises `Http404` for anybody else's."""
    try:
        state = state_of(session_id)
    except SupportSession.DoesNotExist:
        raise Http404 from None
    if state.session.agent_id != person.pk:
        raise Http404
    return state


def action_named(key: str) -> Action:
    """Return an action of the policy in force. Raises `Http404`."""
    found = actions_in_force().get(key)
    if found is None:
        raise Http404
    return found


def offers_of(session: SupportSession) -> list[Offer]:
    """Return every action of the policy as a live session may use it, those that are open first; none for one that is over."""
    state = state_of(session.pk)
    if not state.live:
        return []
    found = [_offer(session, action, state.scopes) for action in actions_in_force().values()]
    return sorted(found, key=lambda offer: (not offer.is_open, offer.action.label))


def runs_of(session: SupportSession) -> list[ActionRun]:
    """Return what was run in a session, the newest first."""
    return list(ActionRun.objects.filter(session=session)[:50])


def _offer(session: SupportSession, action: Action, scopes: frozenset[str]) -> Offer:
    return Offer(
        action=action,
        is_open=action.scope in scopes,
        url=reverse("running:action", args=[session.pk, action.key]),
        ask_url=ask_url(session, action.scope),
        missing=said_of_scope(action.scope),
    )


def ask_url(session: SupportSession, scope: str) -> str:
    """Return where just this scope can be asked for, for ten minutes."""
    query = urlencode({"scope": scope, "minutes": MINUTES})
    return f"{session.case.get_absolute_url()}?{query}"

"""The wall of live sessions, and those of late."""

from dataclasses import dataclass

from accounts.models import Person
from accounts.queries import powers_of
from impersonation.actions.ending import may_end
from impersonation.models import SessionTrace, SupportSession
from impersonation.queries.doors import visible_sessions
from impersonation.queries.state import State, open_states

PAST = 25  # sessions below the live ones


@dataclass(frozen=True)
class Row:
    """One live session on the wall."""

    session: SupportSession
    state: State
    trace: SessionTrace
    may_end: bool
    is_mine: bool


@dataclass(frozen=True)
class Wall:
    """The sessions that live right now, the oldest first, and the last that ended."""

    live: list[Row]
    past: list[SupportSession]
    may_end_all: bool


def wall_of(person: Person) -> Wall:
    """Return the wall as one person may see it."""
    states = {state.session.pk: state for state in open_states() if state.live}
    seen = visible_sessions(person)
    rows = (
        seen.filter(pk__in=states)
        .select_related("grant__request", "grant__tenant")
        .order_by("started_at", "pk")
    )
    live = [
        Row(row, states[row.pk], row.trace, may_end(person, row), row.agent_id == person.pk) for row in rows
    ]
    others = any(row.may_end and not row.is_mine for row in live)
    may = powers_of(person).may
    return Wall(
        live=live,
        past=list(seen.exclude(ended_at=None).order_by("-started_at", "pk")[:PAST]),
        may_end_all=others and bool({"decide", "manage_people"} & may),
    )

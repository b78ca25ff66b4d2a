from accounts.models import Person
from impersonation.queries.state import live_session_of
from impersonation.queries.words import may_words
from opsconsole.lib.holdings import Holding


def held_in_session(*, person: Person, tenant_id: str = "") -> list[Holding]:
    """Return the support session in which a person works right now, as `live_session_of` reads it; registered as an explainer."""
    state = live_session_of(person)
    if state is None or tenant_id not in ("", str(state.session.tenant_id)):
        return []
    session = state.session
    whom = f" as {session.subject_label}" if session.subject_label else ""
    return [
        Holding(
            key=str(session.pk),
            kind="session",
            through=f"a support session{whom}",
            may=tuple(may_words(session, state.scopes)),
            on=str(session.tenant),
            since=session.started_at,
            until=state.until,
            last_used=session.started_at,
            tenant_id=str(session.tenant_id),
            url=session.get_absolute_url(),
        )
    ]

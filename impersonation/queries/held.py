from accounts.models import Person
from accounts.queries import roles_in_force
from impersonation.queries.state import live_session_of
from opsconsole.lib.holdings import Holding


def held_in_session(*, person: Person, tenant_id: str = "") -> list[Holding]:
    """Return the support session in which a person works right now, as `live_session_of` reads it; registered as an explainer."""
    state = live_session_of(person)
    if state is None or tenant_id not in ("", str(state.session.tenant_id)):
        return []
    session, scopes = state.session, roles_in_force().scopes
    whom = f" as {session.subject_label}" if session.subject_label else ""
    return [
        Holding(
            key=str(session.pk),
            kind="session",
            through=f"a support session{whom}",
            may=tuple(scopes[key].may for key in sorted(state.scopes) if key in scopes),
            on=str(session.tenant),
            since=session.started_at,
            until=state.until,
            last_used=session.started_at,
            tenant_id=str(session.tenant_id),
            url=session.get_absolute_url(),
        )
    ]

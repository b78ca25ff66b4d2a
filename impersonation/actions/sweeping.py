"""What beat starts: writes down ends that the clock and the law have decided already, and asks the product about the users."""

from impersonation.actions.ending import end_if_over, end_session
from impersonation.actions.listing import subject_is_fit
from impersonation.models import SupportSession
from impersonation.queries.state import open_states


def end_what_is_over() -> int:
    """Write the end of every session that gives nothing any more, and return how many it were."""
    return end_if_over()


def end_of_subjects() -> int:
    """End every live session whose customer user was switched off or promoted since, and return how many it were."""
    return sum(
        end_session(actor=None, session_id=state.session.pk, cause=SupportSession.Cause.SUBJECT)
        for state in open_states()
        if state.live and not subject_is_fit(state.session)
    )

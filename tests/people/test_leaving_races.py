"""Off-boarding at the same moment as an approval and a start of a session, with real commits: nothing is left that gives anything."""

import pytest
from django.http import HttpResponse

from accounts.leaving.actions import off_board
from audit.context import surface
from grants.actions import end_without_ground
from grants.models import Grant
from impersonation.models import SupportSession
from impersonation.queries import live_session_of
from tests.grants import desk
from tests.grants.test_races import at_once
from tests.impersonation.desk import session_grant, start, subject_of


@pytest.mark.parametrize("turn", range(2))
def test_nothing_survives_an_approval_and_a_start_of_a_session_at_that_moment(
    committed, people, browse_as, tenant, turn
):
    admin, lead, browser = people("admin"), browse_as("approver"), browse_as("agent")
    person = people("agent")
    held = session_grant(browse_as, tenant, ["session.view"], "HD-60001")
    waiting = desk.asked(browser, tenant, "HD-61001", scopes=["delivery.read"])
    subject = subject_of(held.tenant).id

    def leave():
        with surface("command"):
            off_board(actor=admin, person=person, reason="Left the company on Friday.")
        return HttpResponse(status=302)

    approved, left, started = at_once(
        lambda: desk.approve(lead, waiting),
        leave,
        lambda: start(browser, held, subject=subject, mode="view", minutes="12"),
    )
    assert left == 302
    assert approved in {302, 409}
    assert started in {302, 403, 404, 409}
    person.refresh_from_db()
    assert not person.is_active
    assert not person.has_perm("tenants.delivery.read", tenant)
    assert live_session_of(person) is None
    assert not SupportSession.objects.filter(agent=person, ended_at=None).exists()
    with surface("command"):
        end_without_ground()
    assert not Grant.objects.filter(person=person, ended_at=None).exists()
    assert browser.get("/").status_code == 302

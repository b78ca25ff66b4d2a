"""The ways an access goes, through HTTP, with real commits."""

from datetime import timedelta

import pytest

from accounts.queries import authority_for
from grants import actions
from grants.models import Approval, Grant
from opsconsole.lib.clock import database_now
from tests.grants import desk

TWO = ["imports.read", "people.read"]


def holds(person, tenant, *scopes):
    return [person.has_perm(f"tenants.{scope}", tenant) for scope in scopes]


def test_an_approver_leaves_out_and_shortens(committed, browse_as, people, tenant, events):
    request = desk.asked(browse_as("agent"), tenant, scopes=TWO, minutes="60")
    answer = desk.approve(browse_as("approver"), request, scopes=["people.read"], minutes="10")
    assert answer.status_code == 302
    grant = request.grants.get()
    assert grant.expires_at - grant.starts_at == timedelta(minutes=10)
    assert holds(people("agent"), tenant, *TWO) == [False, True]
    event = events("request.approved")[0]
    assert event.fields["dropped"] == ["imports.read"]
    assert "leaving out “See which value of a file stopped an import”" in event.sentence


def test_the_clock_starts_at_approval_not_at_asking(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant, minutes="5")
    before = database_now()
    desk.approve(browse_as("approver"), request)
    grant = request.grants.get()
    assert before <= grant.starts_at <= database_now()
    assert grant.expires_at == grant.starts_at + timedelta(minutes=5)


def test_two_approvers_give_the_intersection(db, browse_as, people, tenant):
    scopes = ["session.view", "people.read"]
    agent = browse_as("agent")
    request = desk.asked(agent, tenant, scopes=scopes, minutes="45")
    assert request.approvals_needed == 2
    one, two = browse_as("approver"), browse_as("approver2")
    assert desk.approve(one, request, minutes="40").status_code == 302
    assert not Grant.objects.exists()
    assert desk.approve(one, request).status_code == 409
    stale = request.digest
    request.refresh_from_db()
    assert request.digest != stale
    assert desk.approve(two, request, digest=stale, minutes="40").status_code == 409
    assert desk.approve(two, request, minutes="41").status_code == 422
    assert desk.approve(two, request, scopes=["session.view"], minutes="20").status_code == 302
    grant = request.grants.get()
    assert [row.scope for row in grant.scopes.all()] == ["session.view"]
    assert grant.expires_at - grant.starts_at == timedelta(minutes=20)
    assert holds(people("agent"), tenant, *scopes) == [True, False]


def test_the_later_approver_sees_the_narrowed_request(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant, scopes=["session.view", "people.read"], minutes="45")
    desk.approve(browse_as("approver"), request, scopes=["session.view"], minutes="30")
    request.refresh_from_db()
    page = browse_as("approver2").get(f"/requests/{request.pk}/").content.decode()
    assert 'value="session.view"' in page
    assert 'value="people.read"' not in page
    answer = desk.approve(
        browse_as("approver2"), request, scopes=["session.view", "people.read"], minutes="30"
    )
    assert answer.status_code == 422


def test_one_denial_beats_an_earlier_approval(db, browse_as, people, tenant):
    request = desk.asked(browse_as("agent"), tenant, scopes=["session.view"], minutes="15")
    desk.approve(browse_as("approver"), request)
    assert (
        desk.post(
            browse_as("approver2"), f"/requests/{request.pk}/deny/", comment="Not this week."
        ).status_code
        == 302
    )
    assert not Grant.objects.exists()
    assert Approval.objects.count() == 2


def test_a_later_start_is_scheduled_and_gives_nothing_before(
    committed, browse_as, people, tenant, shift, events
):
    start = database_now() + timedelta(hours=2)
    request = desk.asked(browse_as("agent"), tenant, starts_at=f"{start:%Y-%m-%dT%H:%M}")
    desk.approve(browse_as("approver"), request)
    grant = request.grants.get()
    assert (grant.status, grant.starts_at) == ("scheduled", request.starts_at)
    assert holds(people("agent"), tenant, desk.SCOPE) == [False]
    shift(grant, -7200)
    assert holds(people("agent"), tenant, desk.SCOPE) == [True]
    assert actions.start_grants() == 1
    assert actions.start_grants() == 0
    assert events("grant.started")[0].grant_id == grant.pk


def test_access_ends_by_the_clock_with_no_sweep_and_is_closed_by_one(
    committed, browse_as, people, tenant, shift, events
):
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    shift(grant, -1799)
    assert holds(people("agent"), tenant, desk.SCOPE) == [True]
    shift(grant, -1)
    assert holds(people("agent"), tenant, desk.SCOPE) == [False]
    assert desk.post(browse_as("agent"), f"/grants/{grant.pk}/revoke/").status_code == 409
    assert "Ended" in browse_as("agent").get(f"/grants/{grant.pk}/").content.decode()
    assert actions.expire_grants() == 1
    assert actions.expire_grants() == 0
    grant.refresh_from_db()
    assert (grant.status, grant.end_cause) == ("ended", "expired")
    assert grant.ended_at >= grant.expires_at
    assert len(events("grant.ended")) == 1
    assert desk.ask(browse_as("agent"), grant.case_id).status_code == 302


def test_a_request_nobody_decides_lapses_on_its_own_clock(committed, browse_as, tenant, as_owner, events):
    request = desk.asked(browse_as("agent"), tenant)
    as_owner(
        f"""ALTER TABLE grants_accessrequest DISABLE TRIGGER USER;
            UPDATE grants_accessrequest SET asked_at = asked_at - interval '9 hours', pending_until = pending_until - interval '9 hours'
            WHERE id = '{request.pk}'; ALTER TABLE grants_accessrequest ENABLE ALWAYS TRIGGER grants_guard;
            ALTER TABLE grants_accessrequest ENABLE ALWAYS TRIGGER grants_request_decided"""
    )
    answer = desk.approve(browse_as("approver"), request)
    assert answer.status_code == 409
    assert "lapsed" in answer.content.decode()
    assert desk.post(browse_as("agent"), f"/requests/{request.pk}/withdraw/").status_code == 409
    assert str(request.pk) not in browse_as("approver").get("/requests/").content.decode()
    assert actions.lapse_requests() == 1
    assert actions.lapse_requests() == 0
    assert events("request.lapsed")[0].request_id == request.pk


@pytest.mark.parametrize(
    ("who", "status", "cause"),
    [
        ("agent", 302, "given_back"),
        ("approver", 302, "revoked"),
        ("approver2", 302, "revoked"),
        ("admin", 302, "revoked"),
        ("agent2", 404, ""),
        ("compliance", 403, ""),
        ("outsider", 403, ""),
    ],
)
def test_who_may_end_a_grant_early(db, browse_as, people, tenant, who, status, cause, events):
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    assert desk.post(browse_as(who), f"/grants/{grant.pk}/revoke/", comment="Done.").status_code == status
    grant.refresh_from_db()
    assert grant.end_cause == cause
    assert holds(people("agent"), tenant, desk.SCOPE) == [status != 302]
    assert len(events("grant.ended")) == (status == 302)


def test_an_early_end_frees_the_window(db, browse_as, people, tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    again = desk.asked(agent, tenant, "HD-2")
    assert desk.approve(lead, again).status_code == 302
    assert authority_for(people("agent"), desk.SCOPE, tenant).grant_id == again.grants.get().pk


def test_a_person_who_left_holds_nothing_and_gets_nothing(
    committed, browse_as, people, tenant, other_tenant, leave
):
    lead = browse_as("approver")
    desk.granted(browse_as("agent"), lead, tenant)
    waiting = desk.asked(browse_as("agent"), other_tenant, "HD-2")
    leave("agent")
    assert holds(people("agent"), tenant, desk.SCOPE) == [False]
    answer = desk.approve(lead, waiting)
    assert answer.status_code == 409
    assert "no longer works here" in answer.content.decode()


def test_a_tenant_that_is_gone_gives_nothing(committed, browse_as, people, tenant, other_tenant, as_owner):
    lead = browse_as("approver")
    desk.granted(browse_as("agent"), lead, tenant)
    waiting = desk.asked(browse_as("agent"), other_tenant, "HD-2")
    triggers = "ALTER TABLE tenants_tenant {} TRIGGER USER;"
    as_owner(
        triggers.format("DISABLE") + "UPDATE tenants_tenant SET gone_at = now();" + triggers.format("ENABLE")
    )
    assert holds(people("agent"), tenant, desk.SCOPE) == [False]
    assert desk.approve(lead, waiting).status_code == 409


def test_a_role_that_is_taken_ends_access_and_the_right_to_decide_at_once(
    db, browse_as, people, tenant, other_tenant
):
    from accounts.actions import set_roles

    lead = browse_as("approver")
    desk.granted(browse_as("agent"), lead, tenant)
    waiting = desk.asked(browse_as("agent2"), other_tenant, "HD-2")
    set_roles(actor=people("admin"), person=people("agent"), roles=[])
    assert holds(people("agent"), tenant, desk.SCOPE) == [False]
    set_roles(actor=people("admin"), person=people("approver"), roles=["support"])
    assert desk.approve(lead, waiting).status_code == 403
    set_roles(actor=people("admin"), person=people("agent2"), roles=[])
    assert desk.approve(browse_as("approver2"), waiting).status_code == 409


def test_a_grant_whose_request_was_edited_behind_the_console_gives_nothing(
    committed, browse_as, people, tenant, as_owner
):
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    as_owner(
        f"""ALTER TABLE grants_accessrequest DISABLE TRIGGER USER;
            UPDATE grants_accessrequest SET digest = repeat('0', 64) WHERE id = '{grant.request_id}'"""
    )
    assert holds(people("agent"), tenant, desk.SCOPE) == [False]


def test_the_authority_check_is_one_query(db, browse_as, people, tenant, django_assert_num_queries):
    from audit.context import surface
    from audit.policies import active_policy
    from grants.backends import GrantBackend

    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    person = people("agent")
    with surface("web"):
        active_policy()
        with django_assert_num_queries(1):
            assert GrantBackend().has_perm(person, "tenants.imports.read", tenant)
        with django_assert_num_queries(0):
            assert not GrantBackend().has_perm(person, "tenants.no.such", tenant)
            assert not GrantBackend().has_perm(person, "tenants.imports.read", None)
    assert GrantBackend().explain(person, "imports.read", tenant).grant_id == grant.pk

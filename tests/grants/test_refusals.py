"""Bad input and missing rights, through HTTP, on a database with real commits."""

import pytest

from grants.models import AccessRequest, Approval, Case, Grant
from tests.grants import desk


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"ticket": "nonsense"}, 422, "HD-48192"),
        ({"ticket": ""}, 422, "required"),
        ({"issue": "   "}, 422, "required"),
        ({"tenant": "no-such-tenant"}, 404, "no such tenant"),
        ({"issue": "nul \x00"}, 422, "Null"),
    ],
)
def test_a_case_that_cannot_be_opened_keeps_the_form_as_typed(
    committed, browse_as, tenant, fields, status, says
):
    typed = {"ticket": "HD-1", "tenant": tenant.slug, "issue": "It broke", "notes": "kept as typed"} | fields
    answer = desk.post(browse_as("agent"), "/cases/new/", **typed)
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert "kept as typed" in answer.content.decode()
    assert not Case.objects.exists()


def test_two_clicks_open_one_case(db, browse_as, tenant):
    agent = browse_as("agent")
    assert desk.open_case(agent, tenant) == desk.open_case(agent, tenant)
    assert Case.objects.count() == 1


def test_what_is_asked_for_must_fit_the_policy(db, browse_as, people, tenant):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    for fields, says in [
        ({"reason": ""}, "Say why you need this"),
        ({"reason": "   "}, "Say why you need this"),
        ({"reason": "need access please HD-48192"}, "For example:"),
        ({"minutes": "0"}, "1 to 240 minutes"),
        ({"minutes": "-30"}, "1 to 240 minutes"),
        ({"minutes": "241"}, "1 to 240 minutes"),
        ({"minutes": "24h"}, "whole number"),
        ({"minutes": "99999999999999"}, "1 to 240 minutes"),
        ({"minutes": ""}, "required"),
        ({"scopes": []}, "Choose at least one"),
        ({"scopes": ["imports.read", "made.up"]}, "made.up"),
        ({"scopes": ["account.read"]}, "account.read"),
        ({"starts_at": "2020-01-01T10:00"}, "in the past"),
        ({"starts_at": "2099-01-01T10:00"}, "7 days"),
        ({"starts_at": "tomorrow"}, "Write the start"),
        ({"for_person": "nobody-like-this"}, "Nobody has this sign-in name"),
        ({"for_person": "success"}, "works with no access"),
    ]:
        answer = desk.ask(agent, case_id, **fields)
        assert answer.status_code == 422, fields
        assert says in answer.content.decode(), fields
    assert not AccessRequest.objects.exists()


def test_fields_that_name_approver_status_or_person_are_not_read(db, browse_as, people, tenant):
    approver = people("agent")
    request = desk.asked(
        browse_as("agent"),
        tenant,
        approver=str(approver.pk),
        status="approved",
        requester=str(people("agent2").pk),
        approvals_needed="0",
        person=str(people("agent2").pk),
        policy_version="x",
        granted="true",
    )
    assert request.status == "pending"
    assert request.requester == request.person == approver
    assert not Grant.objects.exists()


def test_two_clicks_ask_once(db, browse_as, tenant):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    assert desk.ask(agent, case_id).status_code == 302
    assert desk.ask(agent, case_id).status_code == 409
    assert AccessRequest.objects.count() == 1


def test_what_is_held_already_is_not_asked_for_again(db, browse_as, tenant):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    answer = desk.ask(agent, grant.case_id)
    assert answer.status_code == 422
    assert "held already" in answer.content.decode()


def test_nobody_decides_on_their_own_request(db, browse_as, tenant):
    lead = browse_as("approver")
    request = desk.asked(lead, tenant)
    assert desk.approve(lead, request).status_code == 403
    assert desk.post(lead, f"/requests/{request.pk}/deny/", comment="no").status_code == 403
    assert desk.approve(browse_as("approver2"), request).status_code == 302


def test_nobody_decides_on_a_request_for_their_own_use(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant, for_person="approver")
    assert request.person.username == "approver"
    assert desk.approve(browse_as("approver"), request).status_code == 403
    assert not Approval.objects.exists()


def test_an_agent_neither_approves_nor_denies(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant)
    for who in ("agent", "agent2", "outsider", "compliance", "admin", "success"):
        client = browse_as(who)
        assert desk.approve(client, request).status_code == 403, who
        assert desk.post(client, f"/requests/{request.pk}/deny/", comment="no").status_code == 403, who
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"scopes": ["imports.read", "people.read"]}, "Nobody asked for people.read"),
        ({"scopes": ["session.act"]}, "Nobody asked for session.act"),
        ({"scopes": []}, "Leave at least one"),
        ({"minutes": "31"}, "Choose 1 to 30"),
        ({"minutes": "0"}, "Choose 1 to 30"),
        ({"minutes": "false"}, "whole number"),
    ],
)
def test_an_approver_never_widens(db, browse_as, tenant, fields, says):
    request = desk.asked(browse_as("agent"), tenant)
    answer = desk.approve(browse_as("approver"), request, **fields)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Approval.objects.exists()


def test_a_decision_on_another_digest_is_a_conflict(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant)
    answer = desk.approve(browse_as("approver"), request, digest="0" * 64)
    assert answer.status_code == 409
    assert not Approval.objects.exists()


def test_a_late_decider_is_told_who_was_first(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant)
    assert desk.approve(browse_as("approver"), request).status_code == 302
    answer = desk.post(browse_as("approver2"), f"/requests/{request.pk}/deny/", comment="too late")
    assert answer.status_code == 409
    assert "Approver was first and approved" in answer.content.decode()
    assert desk.approve(browse_as("approver"), request).status_code == 409


def test_a_denial_needs_words_and_ends_the_request(db, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant)
    approver = browse_as("approver")
    assert desk.post(approver, f"/requests/{request.pk}/deny/", comment="  ").status_code == 422
    assert (
        desk.post(approver, f"/requests/{request.pk}/deny/", comment="Ask billing first.").status_code == 302
    )
    assert desk.approve(browse_as("approver2"), request).status_code == 409
    assert not Grant.objects.exists()


def test_only_who_asked_takes_it_back(db, browse_as, tenant):
    agent = browse_as("agent")
    request = desk.asked(agent, tenant)
    assert desk.post(browse_as("approver"), f"/requests/{request.pk}/withdraw/").status_code == 403
    assert desk.post(browse_as("agent2"), f"/requests/{request.pk}/withdraw/").status_code == 404
    assert desk.post(agent, f"/requests/{request.pk}/withdraw/").status_code == 302
    assert desk.post(agent, f"/requests/{request.pk}/withdraw/").status_code == 409
    assert desk.approve(browse_as("approver"), request).status_code == 409


def test_what_one_may_not_know_of_does_not_exist(db, browse_as, tenant):
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    paths = [f"/cases/{grant.case_id}/", f"/requests/{grant.request_id}/", f"/grants/{grant.pk}/"]
    for path in paths:
        assert browse_as("agent2").get(path).status_code == 404, path
        assert browse_as("outsider").get(path).status_code == 403, path
        assert browse_as("success").get(path).status_code == 403, path
        assert browse_as("approver2").get(path).status_code == 200, path
        assert browse_as("compliance").get(path).status_code == 200, path
    assert browse_as("admin").get(paths[2]).status_code == 200
    assert browse_as("agent").get("/requests/").status_code == 403
    assert desk.ask(browse_as("agent2"), grant.case_id).status_code == 404


def test_refusals_are_events(db, browse_as, tenant, events):
    lead = browse_as("approver")
    request = desk.asked(lead, tenant)
    desk.approve(lead, request)
    refused = events("request.refused")[-1]
    assert (refused.outcome, refused.outcome_code, refused.request_id) == (
        "refused",
        "may_not_decide",
        request.pk,
    )

"""Routing, approvals, facts for the ticket and closeout work for people from whom the fields behind them are hidden."""

import pytest

from tests.grants import desk

pytestmark = pytest.mark.django_db


def clear_in(page, addresses):
    return [email for email in addresses if email in page]


def test_a_request_reaches_and_is_decided_by_somebody_who_cannot_see_what_it_opens(
    browse_as, tenant, addresses
):
    approver = browse_as("approver")
    assert approver.get(f"/tenants/{tenant.slug}/panels/people/").status_code == 403
    request = desk.asked(browse_as("agent"), tenant, scopes=["people.read"])
    assert f"/requests/{request.pk}/" in approver.get("/requests/").content.decode()
    page = approver.get(f"/requests/{request.pk}/").content.decode()
    assert "See users, their sign-ins" in page
    assert not clear_in(page, addresses)
    assert desk.approve(approver, request).status_code == 302
    assert approver.get(f"/tenants/{tenant.slug}/panels/people/").status_code == 403
    assert browse_as("agent").get(f"/tenants/{tenant.slug}/panels/people/").status_code == 200


def test_facts_of_hidden_fields_go_to_the_ticket_without_them(browse_as, tenant, addresses):
    from grants.models import CaseFact

    agent = browse_as("agent")
    case = desk.open_case(agent, tenant)
    assert desk.post(agent, f"/cases/{case}/facts/", panel="contacts").status_code == 302
    fact = CaseFact.objects.get()
    assert "Who are the people" in fact.text
    assert not clear_in(fact.text + fact.markdown, addresses)
    assert not clear_in(browse_as("approver").get(f"/cases/{case}/").content.decode(), addresses)


def test_a_case_closes_for_somebody_who_never_saw_the_fields_behind_it(browse_as, tenant):
    from grants.models import Case

    agent = browse_as("agent")
    case = desk.open_case(agent, tenant)
    assert agent.get(f"/tenants/{tenant.slug}/panels/payments/").status_code == 403
    answer = desk.post(
        agent,
        f"/cases/{case}/close/",
        resolved="yes",
        summary="The bank refused the card.",
        product_problem="no",
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Case.objects.get(pk=case).status == "closed"

"""The ticket in a link: judged by the policy, kept on the event, tied to its case."""

import pytest
from django.test import Client

from accounts.actions import make_token
from tests.grants import desk
from tests.tenants_desk.test_answer_panel import say

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["", "panels/billing/"])
@pytest.mark.parametrize("text", ["T-9", "HD-48192x", "<b>HD-48192</b>", "1" * 60])
def test_a_link_with_no_ticket_number_opens_and_says_so(browse_as, tenant, events, path, text):
    answer = browse_as("agent").get(f"/tenants/{tenant.slug}/{path}", {"ticket": text})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This look stands under no ticket" in page
    assert "Ticket numbers look like HD-48192." in page
    assert events("panel.opened")[-1].ticket == ""


def test_a_program_and_a_form_are_refused(browse_as, people, tenant, events):
    _, secret = make_token(actor=people("agent"), name="tests")
    answer = Client().get(
        f"/api/v1/tenants/{tenant.slug}/?ticket=T-9", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 422
    assert "HD-48192" in answer.json()["errors"]["ticket"]
    assert say(browse_as("agent"), tenant, ticket="T-9").status_code == 422
    assert not events("panel.opened", "panel.answered")


def test_a_look_under_ones_own_case_hangs_on_it_and_the_page_links_to_it(browse_as, tenant, events):
    agent, colleague = browse_as("agent"), browse_as("agent2")
    case = desk.open_case(agent, tenant, "HD-48301")
    page = agent.get(f"/tenants/{tenant.slug}/?ticket=HD-48301").content.decode()
    assert f'<a href="/cases/{case}/">your open case</a>' in page
    assert events("panel.opened")[-1].case_id == case
    say(agent, tenant, ticket="HD-48301")
    assert events("panel.answered")[-1].case_id == case
    assert str(case) not in colleague.get(f"/tenants/{tenant.slug}/?ticket=HD-48301").content.decode()
    assert events("panel.opened")[-1].case_id is None


def test_a_case_of_another_ticket_or_tenant_stays_out_of_it(browse_as, tenant, other_tenant, events):
    agent = browse_as("agent")
    case = desk.open_case(agent, other_tenant, "HD-48301")
    other = desk.open_case(agent, tenant, "HD-48302")
    page = agent.get(f"/tenants/{tenant.slug}/panels/billing/?ticket=HD-48301").content.decode()
    assert ">your open case<" not in page
    assert f'href="/cases/{case}/"' not in page
    assert f'href="/cases/{other}/"' not in page
    assert events("panel.opened")[-1].case_id is None

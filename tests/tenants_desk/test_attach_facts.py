import pytest

from tests.grants import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(browse_as, tenant):
    from grants.models import Case

    return Case.objects.get(pk=desk.open_case(browse_as("agent"), tenant))


def attach(client, case, **fields):
    return client.post(f"/cases/{case.pk}/facts/", fields)


def test_the_facts_of_a_panel_are_kept_on_the_case_as_the_console_wrote_them(browse_as, case, events):
    agent = browse_as("agent")
    answer = attach(agent, case, panel="billing", text="made up by the browser")
    assert answer.status_code == 302
    (fact,) = case.facts.all()
    assert "made up" not in fact.text + fact.markdown
    assert "Is this customer paying" in fact.text
    assert f"Ticket {case.ticket}." in fact.text
    assert fact.policy_version[:12] in fact.text
    assert fact.scopes == ["billing.read"]
    (event,) = events("case.facts_attached")
    assert (
        event.sentence
        == f"Agent attached the facts of Billing of {case.tenant} to the case of ticket {case.ticket}"
    )
    assert event.case_id == case.pk
    assert len(events("panel.opened")) == 1
    assert f"/cases/{case.pk}/facts/{fact.pk}/" in agent.get(f"/cases/{case.pk}/").content.decode()


def test_without_a_panel_the_whole_tenant_is_attached_with_every_scope_it_took(browse_as, case):
    attach(browse_as("agent"), case)
    fact = case.facts.get()
    assert {"account.read", "billing.read", "jobs.read"} <= set(fact.scopes)
    assert "payments.read" not in fact.scopes


def test_no_personal_value_is_attached(browse_as, case):
    from tenants.actions import open_panel

    attach(browse_as("agent"), case, panel="contacts")
    fact = case.facts.get()
    page = open_panel(actor=case.owner, tenant=case.tenant, key="contacts")
    personal = {
        c.cell.value
        for s in page.only.sections for row in s.rows for c in row.cells if c.column.kind != "public" and c.cell.value
    }  # fmt: skip
    assert personal
    assert not [value for value in personal if value in fact.text]
    assert "@" not in fact.text


def test_a_panel_that_is_closed_to_the_person_cannot_be_attached(browse_as, case):
    agent = browse_as("agent")
    assert attach(agent, case, panel="payments").status_code == 403
    assert attach(agent, case, panel="nothing").status_code == 404
    assert not case.facts.exists()


def test_nobody_attaches_to_a_case_they_do_not_know(browse_as, case):
    assert attach(browse_as("agent2"), case, panel="billing").status_code == 404
    assert attach(browse_as("compliance"), case, panel="billing").status_code == 403
    assert attach(browse_as("success"), case, panel="billing").status_code == 403
    assert not case.facts.exists()


def test_nothing_is_attached_to_a_closed_case(browse_as, case, events):
    agent = browse_as("agent")
    agent.post(
        f"/cases/{case.pk}/close/",
        {"resolved": "yes", "summary": "The card was replaced.", "product_problem": "no"},
    )
    case.refresh_from_db()
    assert case.status == "closed"
    assert attach(agent, case, panel="billing").status_code == 409
    assert not case.facts.exists()
    assert not events("panel.opened")


def test_reading_attached_facts_is_an_event(browse_as, case, events):
    agent = browse_as("agent")
    attach(agent, case, panel="billing")
    page = agent.get(case.facts.get().get_absolute_url())
    assert page.status_code == 200
    assert "Is this customer paying" in page.content.decode()
    (event,) = events("case.facts_read")
    assert event.authority == "role"


def test_who_may_know_of_the_case_but_not_of_the_data_reads_the_title_only(browse_as, case, events):
    """A reviewer sees that facts are there; their words stay closed, and the way through the case stays open."""
    attach(browse_as("agent"), case, panel="billing")
    fact, reviewer = case.facts.get(), browse_as("compliance")
    page = reviewer.get(f"/cases/{case.pk}/").content.decode()
    assert "Facts of Billing" in page
    assert "read by people who hold billing.read" in page
    assert fact.get_absolute_url() not in page
    assert fact.text.splitlines()[-1] not in page
    refused = reviewer.get(fact.get_absolute_url())
    assert refused.status_code == 403
    assert "billing.read" in refused.content.decode()
    assert not events("case.facts_read")


def test_facts_of_another_case_are_not_found(browse_as, case, other_tenant):
    agent = browse_as("agent")
    attach(agent, case, panel="billing")
    other = desk.open_case(agent, other_tenant, "HD-48199")
    assert agent.get(f"/cases/{other}/facts/{case.facts.get().pk}/").status_code == 404
    assert browse_as("agent2").get(case.facts.get().get_absolute_url()).status_code == 404


def test_attached_facts_are_never_changed(browse_as, case):
    from django.db import DatabaseError, connection, transaction

    attach(browse_as("agent"), case, panel="billing")
    for verb in ("UPDATE grants_casefact SET text = 'no'", "DELETE FROM grants_casefact"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_the_page_offers_the_reader_s_own_open_cases_on_that_tenant(browse_as, case, other_tenant):
    path = f"/cases/{case.pk}/facts/"
    agent = browse_as("agent")
    assert path in agent.get(f"/tenants/{case.tenant.slug}/panels/billing/").content.decode()
    assert path in agent.get(f"/tenants/{case.tenant.slug}/").content.decode()
    assert path not in agent.get(f"/tenants/{other_tenant.slug}/panels/billing/").content.decode()
    assert (
        path not in browse_as("agent2").get(f"/tenants/{case.tenant.slug}/panels/billing/").content.decode()
    )

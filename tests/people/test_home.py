"""Home for each kind of work: what waits for this person, and words where nothing does."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.grants import desk
from tests.people import rights

MOST_QUERIES = 45


def words(answer):
    page = answer.content.decode()
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page[max(page.find("<main"), 0) :]).split())


@pytest.mark.django_db
def test_each_kind_of_work_has_its_lists(browse_as, people, tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    desk.granted(agent, lead, tenant)
    desk.asked(browse_as("agent2"), tenant, "HD-50001")
    expected = {
        "agent": ("My live windows", "My cases", "Waiting for somebody"),
        "approver": ("To decide", "Second agent for", "Live on your customers", f"Agent · {tenant.name}"),
        "compliance": ("Waits for a review", "Flags of unusual use", "The log", "No proposal waits"),
        "admin": ("People who can sign in", "Standing rights", "Health", "Everything was delivered"),
        "success": ("Your customers", "Asking the product who needs somebody."),
        "finance": ("Billing and health",),
        "outsider": ("There is no work for your account yet",),
    }
    for who, said in expected.items():
        client = browse_as(who)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = words(client.get("/"))
        assert [one for one in said if one not in page] == [], who
        assert len(queries) <= MOST_QUERIES, f"{who}: {len(queries)}"
    assert "Billing and health" not in words(agent.get("/"))
    assert "Waits for a review" not in words(agent.get("/"))


@pytest.mark.django_db
def test_who_needs_somebody_is_asked_after_the_page_under_ones_own_scopes(browse_as, people, events):
    from tenants.models import Tenant

    rights.give(people("success"), Tenant.objects.get(slug="copperleaf-roasters-prod-us"))
    part = words(browse_as("success").get("/attention/"))
    assert "Copperleaf Roasters" in part
    assert "The last payment failed." in part
    assert "Lumen Yoga Studio" not in part
    assert len(events("portfolio.opened")) == 1
    of_finance = words(browse_as("finance").get("/attention/"))
    assert "The trial is over and no plan was chosen." in of_finance
    assert "is late" not in of_finance, "jobs are not a scope of finance"
    assert "No customer is yours yet" in words(browse_as("agent").get("/attention/"))

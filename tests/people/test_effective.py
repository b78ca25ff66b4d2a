"""Effective access: what somebody can do right now, and why they can or cannot, told by the code that decides."""

import pytest

from accounts.effective.queries import access_on, why, why_power
from tests.grants import desk
from tests.people import rights

pytestmark = pytest.mark.django_db


def test_why_somebody_can_or_cannot_is_one_sentence_of_the_code_that_decides(
    people, browse_as, tenant, other_tenant
):
    agent, success = people("agent"), people("success")
    assert why(agent, "billing.read", tenant).sentence.startswith(
        f"Agent can see subscription, charges, refunds and invoices on {tenant} through the role Support agent, since "
    )
    asked = why(agent, desk.SCOPE, tenant)
    assert (asked.can, "they may ask for it, and nothing that was approved is live" in asked.sentence) == (
        False,
        True,
    )
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    assert (
        why(agent, desk.SCOPE, tenant)
        .sentence.split(", since")[0]
        .endswith("through access under ticket HD-48192, approved by Approver")
    )
    browse_as("agent").post(f"/grants/{grant.pk}/revoke/")
    assert "their access under ticket HD-48192 ended on" in why(agent, desk.SCOPE, tenant).sentence
    rights.give(success, tenant)
    assert (
        "a standing right that Head of customer success answers for"
        in why(success, "billing.read", tenant).sentence
    )
    assert "this is none of them" in why(success, "billing.read", other_tenant).sentence
    assert why(success, desk.SCOPE, tenant).sentence.endswith("which cannot ask for it either.")
    assert why_power(agent, "decide").sentence.endswith("and the policy gives it to Support lead.")


def test_the_pages_of_a_person_and_of_a_tenant_say_the_same_as_the_check(people, browse_as, tenant):
    desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    rights.give(people("success"), tenant)
    for way in access_on(tenant):
        assert way.may, way
    through = {(way.person.username, way.because) for way in access_on(tenant)}
    assert {
        ("agent", "grant"),
        ("agent", "role"),
        ("success", "object right"),
        ("finance", "role"),
    } <= through
    assert not {name for name, _ in through} & {"admin", "compliance", "outsider"}
    page = browse_as("compliance").get(f"/people/tenants/{tenant.slug}/").content.decode()
    assert "Access under ticket HD-48192, approved by Approver" in page
    person = (
        browse_as("admin")
        .get(f"/people/{people('agent').pk}/?do=imports.read&tenant={tenant.slug}")
        .content.decode()
    )
    assert "Agent can see which value of a file stopped an import" in person


def test_rights_are_given_kept_and_taken_on_the_pages(people, browse_as, tenant):
    browser, person = browse_as("admin"), people("success")
    page = f"/people/{person.pk}/"
    terms = {
        "owner": "Head of customer success",
        "reason": "Looks after this customer.",
        "review_on": str(rights.terms().review_on),
    }
    form = terms | {"right": "view_tenant", "on": tenant.slug}
    assert browser.post(f"{page}rights/", form | {"on": "no-such"}).status_code == 422
    assert browser.post(f"{page}rights/", form | {"right": "decide_tenant"}).status_code == 422
    assert browser.post(f"{page}rights/", form).status_code == 302
    assert browser.post(f"{page}rights/", form).status_code == 409
    right = person.standing_rights.get()
    assert (
        browser.post(f"/people/rights/{right.pk}/", terms | {"owner": "Head of support"}).status_code == 302
    )
    assert "Head of support" in browser.get(page).content.decode()
    assert browser.post(f"/people/rights/{right.pk}/take/", {"comment": "Moved on."}).status_code == 302
    assert not person.has_perm("tenants.view_tenant", tenant)

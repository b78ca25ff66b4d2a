"""The palette finds tenants, cases, people and pages, and only what this person may open."""

import pytest

pytestmark = pytest.mark.django_db


def found(client, text):
    return client.get("/find/", {"q": text}).content.decode().split("<main", 1)[1]


def test_an_agent_finds_a_tenant_by_part_of_its_name(browse_as, tenant):
    assert f"/tenants/{tenant.slug}/" in found(browse_as("agent"), tenant.name[:6])


def test_an_outsider_finds_home_and_nothing_else(browse_as, tenant):
    assert tenant.slug not in found(browse_as("outsider"), tenant.name)
    assert "Tenants" not in found(browse_as("outsider"), "ten")


def test_people_are_found_by_those_who_manage_them(browse_as, people):
    page = f"/people/{people('approver').pk}/"
    assert page in found(browse_as("admin"), "approver")
    assert page not in found(browse_as("agent"), "approver")


def test_a_case_is_found_by_its_ticket_by_those_who_may_know_of_it(browse_as, tenant):
    agent = browse_as("agent")
    agent.post(
        "/cases/new/",
        {"ticket": "HD-4711", "tenant": tenant.slug, "issue": "The import stopped.", "notes": ""},
    )
    assert "HD-4711" in found(agent, "hd-47")
    assert "/cases/" not in found(browse_as("agent2"), "hd-47").replace("/cases/new/", "")


def test_what_is_typed_is_shown_as_text(browse_as):
    assert "<script>alert" not in found(browse_as("agent"), "<script>alert(1)</script>\x00")


def test_the_palette_asks_for_the_list_alone(browse_as, tenant):
    answer = (
        browse_as("agent").get("/find/", {"q": tenant.slug}, headers={"HX-Request": "true"}).content.decode()
    )
    assert "<html" not in answer
    assert tenant.slug in answer

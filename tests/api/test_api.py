"""The API reads what the pages read, with the same rights, masks and events."""

import pytest
from django.test import Client

from accounts.actions import make_token
from grants.rules import rules_in_force
from tests.grants import desk

pytestmark = pytest.mark.django_db
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def read_as(people):
    """Return a function that reads a path of the API as one of the cast."""

    def reader(username):
        _, secret = make_token(actor=people(username), name="tests")
        return lambda path, **query: Client().get(
            f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {secret}"}
        )

    return reader


def test_a_panel_has_the_shape_of_the_contract(read_as, tenant, events):
    answer = read_as("agent")(f"tenants/{tenant.slug}/panels/billing/", ticket="HD-48215")
    body = answer.json()
    assert answer.status_code == 200
    assert {"panel": "billing", "tenant": tenant.slug}.items() <= body.items()
    assert body["authority"] == {"because": "role", "grant": None}
    assert body["as_of"].endswith("Z")
    section = body["sections"][0]
    assert set(section) >= {"key", "kind", "columns", "rows", "truncated", "error"}
    assert set(section["columns"][0]) == {"key", "label", "kind"}
    assert set(section["rows"][0]) <= {column["key"] for column in section["columns"]}
    event = events("panel.opened")[-1]
    assert (event.surface, event.ticket, event.policy_version) == ("api", "HD-48215", body["policy_version"])


def test_what_is_masked_on_the_page_is_masked_in_json(read_as, tenant, browse_as):
    body = read_as("agent")(f"tenants/{tenant.slug}/panels/contacts/").json()
    cells = [
        cell
        for section in body["sections"]
        for row in section["rows"]
        for cell in row.values()
        if cell.get("masked")
    ]
    page = browse_as("agent").get(f"/tenants/{tenant.slug}/panels/contacts/").content.decode()
    assert cells
    assert all("•" in cell["value"] or "*" in cell["value"] for cell in cells)
    assert all(cell["value"] in page for cell in cells)


def test_a_panel_without_authority_is_403_and_names_the_scope_and_the_way(read_as, tenant, events):
    answer = read_as("agent")(f"tenants/{tenant.slug}/panels/people/")
    assert answer.status_code == 403
    assert answer.json()["scope"] == "people.read"
    assert answer.json()["ask_url"].startswith("/cases/new/")
    assert events("panel.opened") == []
    assert events("request.refused")[-1].surface == "api"


def test_the_tenant_page_tells_the_answer_and_which_panels_stay_shut(read_as, tenant):
    body = read_as("agent")(f"tenants/{tenant.slug}/").json()
    shut = [panel for panel in body["panels"] if panel["missing_scope"]]
    assert body["answers"]
    assert shut
    assert all(panel["sections"] == [] and panel["authority"] is None for panel in shut)


@pytest.mark.parametrize(
    "path",
    [
        "tenants/no-such/",
        "tenants/no-such/panels/billing/",
        f"cases/{NOWHERE}/",
        f"grants/{NOWHERE}/",
    ],
)
def test_what_does_not_exist_is_404_in_json(read_as, path):
    answer = read_as("approver")(path)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_an_outsider_reads_nothing(read_as, tenant):
    read = read_as("outsider")
    for path in (
        "tenants/",
        f"tenants/{tenant.slug}/",
        "requests/",
        "audit/events/",
        f"cases/{NOWHERE}/",
    ):
        assert read(path).status_code == 403


def test_the_log_is_read_with_the_explorers_filters_and_each_search_is_an_event(read_as, events):
    read = read_as("compliance")
    body = read("audit/events/", actor="compliance").json()
    assert {event["actor_label"] for event in body["events"]} == {"Compliance reviewer"}
    assert events("log.searched")[-1].surface == "api"
    assert read("audit/events/", since="yesterday-ish").status_code == 422


def test_a_request_tells_its_kind_its_owner_and_the_preset_it_was_built_from(read_as, browse_as, tenant):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    preset = rules_in_force().presets[0]
    fields = {"scopes": sorted(preset.scopes), "minutes": "15", "preset": preset.key, "owner": "agent2"}
    assert desk.ask(agent, case_id, **fields).status_code == 302
    assert desk.ask(agent, case_id, scopes=["people.read"]).status_code == 302
    asked = read_as("agent")(f"cases/{case_id}/").json()["requests"]
    assert [(one["kind"], one["owner"], one["preset"]) for one in asked] == [
        ("asked", "agent2", preset.key),
        ("asked", None, None),
    ]
    waiting = read_as("approver")("requests/").json()["requests"]
    assert {(one["owner"], one["preset"]) for one in waiting} == {("agent2", preset.key), (None, None)}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(people, tenant, method):
    _, secret = make_token(actor=people("agent"), name="tests")
    answer = getattr(Client(), method)(
        f"/api/v1/tenants/{tenant.slug}/", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 405

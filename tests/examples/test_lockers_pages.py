"""The lockers' bundle in force: what people and programs are shown of a product unlike the demo's."""

import json
import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.actions import make_token
from audit.actions import install_first_policy
from audit.refs import Actor
from opsconsole.lib.bundle import Bundle
from tenants.actions import refresh_directory
from tests.examples.conftest import BUNDLE, SECRETS

pytestmark = pytest.mark.django_db
PANELS = ("parcels", "billing", "settings", "people")
TENANTS = tuple(f"operator-{number}" for number in range(1, 6))


@pytest.fixture
def lockers(product: None) -> None:
    """The bundle in force: checked against its database, its directory read."""
    system = {name: Actor("system", name, name.title()) for name in ("one", "two")}
    install_first_policy(
        proposer=system["one"], activator=system["two"], bundle=Bundle.from_directory(BUNDLE)
    )
    assert refresh_directory() == 5


@pytest.fixture
def screen(lockers: None, browse_as: Any) -> Any:
    """A page of the agent as text, tags taken out: what a person reads."""

    def read(path: str) -> str:
        body = browse_as("agent").get(path).content.decode()
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    return read


@pytest.fixture
def rows(lockers: None, people: Any) -> Any:
    """The rows of one section as the API tells them to the agent."""
    _, secret = make_token(actor=people("agent"), name="tests")

    def read(tenant: str, panel: str, section: str) -> Any:
        path = f"/api/v1/tenants/{tenant}/panels/{panel}/"
        answer = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 200, answer.content
        found = {part["key"]: part for part in answer.json()["sections"]}[section]
        return found["error"] or found["rows"]

    return read


def test_the_bundle_is_good_and_its_queries_fit_the_database(product: None) -> None:
    told = StringIO()
    call_command("policy", "check", str(BUNDLE), stdout=told, stderr=told)
    assert "is a good policy" in told.getvalue()
    assert "not tried" not in told.getvalue()


def test_no_secret_is_in_any_answer(lockers: None, browse_as: Any, people: Any, caplog: Any) -> None:
    agent, reviewer = browse_as("agent"), browse_as("compliance")
    headers = {"Authorization": f"Bearer {make_token(actor=people('agent'), name='tests')[1]}"}
    paths = [f"/tenants/{tenant}/" for tenant in TENANTS]
    paths += [f"{path}panels/{panel}/" for path in paths for panel in PANELS]
    wrong = ["/tenants/operator-9/", "/tenants/operator-1/panels/nothing/", "/tenants/?q=hill"]
    answers = [agent.get(path) for path in [*paths, *wrong]]
    answers += [Client().get(f"/api/v1{path}", headers=headers) for path in [*paths, *wrong]]
    answers += [
        agent.post("/tenants/operator-1/panels/parcels/answer/", {"verdict": "perhaps"}),
        agent.post(
            "/tenants/operator-1/panels/parcels/reveal/",
            {
                "section": "parcels",
                "column": "recipient_email",
                "row": "0",
                "reason": "Compare with the ticket.",
            },
        ),
        browse_as("admin").get("/tenants/operator-1/"),
        reviewer.get("/audit/?q=operator"),
        reviewer.get("/reviews/"),
    ]
    assert {answer.status_code for answer in answers} == {200, 403, 404, 422}
    told = [answer.content.decode() for answer in answers] + [caplog.text]
    assert [(secret, n) for secret in SECRETS for n, text in enumerate(told) if secret in text] == []


def test_two_operators_of_one_name_are_told_apart(screen: Any) -> None:
    found = screen("/tenants/?q=hill lockers")
    assert "Hill Lockers operator-2 Production ap" in found
    assert "Hill Lockers operator-3 Test me" in found


def test_names_of_every_kind_are_shown_as_they_are(screen: Any, browse_as: Any) -> None:
    assert 'Harbour <b>"Boxes"</b>' in screen("/tenants/operator-1/")
    assert "<b>" not in browse_as("agent").get("/tenants/operator-1/").content.decode()
    assert "خزائن الميناء" in screen("/tenants/operator-4/")
    assert "x" * 100 in screen("/tenants/operator-5/")


def test_a_code_without_a_word_is_shown_as_it_is(screen: Any, rows: Any) -> None:
    assert rows("operator-2", "parcels", "parcels")[0]["state"] == {
        "value": "9",
        "meaning": "not in the glossary",
        "tone": "neutral",
    }
    assert "Q not in the glossary" in screen("/tenants/operator-1/panels/parcels/")
    assert "Z not in the glossary" in screen("/tenants/operator-1/panels/people/")


def test_money_keeps_its_currencys_decimals_and_is_never_summed_across(screen: Any, rows: Any) -> None:
    fees = [row["fees"]["value"] for row in rows("operator-1", "billing", "fees")]
    assert fees == ["3.00 CHF", "7.49 EUR"]
    assert rows("operator-2", "billing", "fees")[0]["fees"]["value"] == "500 JPY"
    assert rows("operator-3", "billing", "fees")[0]["fees"]["value"] == "1.250 KWD"
    assert rows("operator-2", "billing", "tariff")[0]["price"]["value"] == "8,000 JPY"
    assert rows("operator-3", "billing", "tariff")[0]["price"]["value"] == "12.500 KWD"
    assert "10.49" not in screen("/tenants/operator-1/panels/billing/")


def test_times_with_and_without_zone_and_days_as_text(rows: Any) -> None:
    first, second, *_ = rows("operator-1", "parcels", "parcels")
    assert first["arrived_at"]["value"].startswith("2026-11-20T08:15:00")
    assert first["scanned_at"]["value"].startswith("2026-11-20T08:15:00")
    assert first["collect_by"]["value"] == "2026-11-27"
    assert second["collected_at"]["value"].startswith("2026-11-19T17:05:00")
    tokyo = rows("operator-2", "parcels", "parcels")[0]
    assert tokyo["scanned_at"]["value"].startswith("2026-11-20T08:15:00")


def test_a_malformed_json_takes_one_cell_and_not_the_section(screen: Any, rows: Any) -> None:
    found = rows("operator-1", "parcels", "parcels")
    assert [row["size"]["value"] for row in found] == ["M", "cannot be read", None]
    assert "cannot be read" in screen("/tenants/operator-1/panels/parcels/")


def test_no_longer_kept_is_not_none_and_not_recorded_is_an_answer(screen: Any) -> None:
    empty = screen("/tenants/operator-4/panels/parcels/")
    assert "No parcel. The product keeps 90 days: what is older is no longer there." in empty
    assert "Nothing was sent. The product keeps 30 days" in empty
    assert "The lockers do not record damage; ask the courier." in empty


def test_a_person_of_two_operators_is_counted_and_not_named_across(screen: Any, rows: Any) -> None:
    technician = rows("operator-1", "people", "people")[0]
    assert technician["email"] == {"value": "d***@boxes.example", "masked": True}
    assert technician["elsewhere"]["value"] == "1"
    told = screen("/tenants/operator-1/")
    assert re.search(r"d\*\*\*@boxes\.example works for other operators too: 1 ?\. Tell neither", told), told
    assert "operator-2" not in told


def test_what_was_sent_is_read_without_what_opens_a_door(rows: Any) -> None:
    gateway, mail = (row["detail"]["value"] for row in rows("operator-1", "parcels", "messages"))
    assert mail.startswith("Dear j***@reader.example, open the door at https://boxes.example/open")
    assert gateway.startswith("Authorization:")


def test_settings_and_passwords_of_one_column_are_told_apart_by_row(rows: Any) -> None:
    values = {
        row["name"]["value"]: row["value"]["value"] for row in rows("operator-1", "settings", "settings")
    }
    assert values["gateway_password"] == "set"
    assert values["opening_hours"] == "06-23"
    assert values["owner_email"] == "o***@harbour.example"
    assert values["greeting"].startswith("Write to us with key ")
    assert {row["value"]["value"] for row in rows("operator-2", "settings", "settings")} == {"not set"}


def test_an_api_that_answers_for_another_or_breaks_is_one_sentence(
    screen: Any, rows: Any, events: Any
) -> None:
    assert "rows of another tenant" in rows("operator-2", "billing", "invoices")
    broken = rows("operator-3", "billing", "invoices")
    assert isinstance(broken, str)
    assert broken.startswith("billing ")
    assert "8,000 JPY" in screen("/tenants/operator-2/panels/billing/")
    assert len(events("panel.leak_stopped")) == 2
    assert "It broke" not in json.dumps([event.sentence for event in events("panel.section_failed")])

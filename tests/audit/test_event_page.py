"""One event on a page: every field in plain words, and what stands around it."""

import uuid

import pytest
import structlog
from django.db import transaction

from audit.actions import record
from audit.models import Event
from audit.refs import Ref, Trail
from tests.audit.writing import ACME, SOMEBODY, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(browse_as):
    return browse_as("compliance")


def page_of(client, key):
    answer = client.get(f"/audit/events/{key}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_field_stands_there_in_plain_words(reviewer):
    grant = uuid.uuid4()
    key = record(
        "log.searched",
        actor=SOMEBODY,
        tenant=ACME,
        obj=Ref("access_request", "r-1", "Request of Somebody"),
        subject=Ref("user", "u-1", "Owner of Acme"),
        trail=Trail(ticket="HD-48192", grant_id=grant),
        authority="grant",
        outcome="refused",
        outcome_code="too_late",
        approval_state="approved",
        reason_class="customer_asked",
        changes=[{"field": "plan", "old": "Team", "new": "Business"}],
        filters=["ticket", "q"],
    )
    page = page_of(reviewer, key)
    for words in (
        "Somebody looked at the log, by ticket, q",
        "It was not allowed, and nothing changed",
        "too_late",
        "Owner of Acme",
        "A command on the server",
        "Request of Somebody",
        "Access request",
        "ticket, q",
        "Acme (acme-prod-eu)",
        "Held through a grant",
        f"/audit/?grant={grant}",
        "/audit/?ticket=HD-48192",
        "customer asked",
        "AU-2: use of the log",
        "opsconsole_app",
        "Team",
        "Business",
        f"<code>{key}</code>",
    ):
        assert words in page, words


def test_the_look_is_an_event_before_the_page_is_shown(reviewer, events):
    key = write("looked at")
    page_of(reviewer, key)
    event = events("log.event_opened")[-1]
    assert (event.actor_label, event.object_type, event.object_id) == (
        "Compliance reviewer",
        "event",
        str(key),
    )
    assert event.sentence == "Compliance reviewer opened an event of the log: log.event_opened"


def test_what_happened_around_it_in_its_request_and_under_its_grant(reviewer):
    grant = uuid.uuid4()
    write("just before", tenant=ACME)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        key = write("the one", grant_id=grant)
        write("its sibling")
    write("later under the grant", grant_id=grant)
    page = page_of(reviewer, key)
    assert "Around this one" in page
    assert page.count("just before") == 1
    assert page.count("its sibling") == 2
    assert page.count("later under the grant") == 2
    assert "All of them" in page


def test_field_history_of_the_same_request_is_shown_as_details(reviewer, people):
    person = people("agent")
    with structlog.contextvars.bound_contextvars(request_id="r-2"), transaction.atomic():
        key = record("person.changed", actor=SOMEBODY, obj=person.as_ref(), what="display name")
        person.display_name = "Agent of the night"
        person.save(update_fields=["display_name"])
    page = page_of(reviewer, key)
    assert "Field history of the same request" in page
    assert "Agent of the night" in page


def test_an_unknown_event_is_not_found(reviewer, events):
    assert reviewer.get(f"/audit/events/{uuid.uuid4()}/").status_code == 404
    assert reviewer.get("/audit/events/12/").status_code == 404
    assert events("log.event_opened") == []


def test_html_in_a_label_is_shown_as_text(reviewer):
    page = page_of(reviewer, write("<img src=x onerror=alert(1)>"))
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_type_that_is_no_longer_declared_can_still_be_read(reviewer, as_owner):
    from audit.pages import event_facts

    event = Event.objects.get(id=write())
    event.type = "gone.type"
    assert any("earlier version" in fact["text"] for fact in event_facts(event)["What"])

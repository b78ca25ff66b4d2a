"""A refused try is an event of its own transaction: the rollback of the verb does not eat it."""

import json

import pytest
from django.db import transaction
from django.test import RequestFactory

from audit.middleware import RefusalMiddleware, record_refusal
from audit.refs import Trail
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tests.audit.writing import ACME


def request_to(path="/cases/", **headers):
    request = RequestFactory().post(path, **headers)
    request.resolver_match = None
    return request


def test_a_page_without_the_right_is_refused_and_the_event_is_kept(committed, browse_as, events):
    answer = browse_as("agent").get("/audit/")
    assert answer.status_code == 403
    event = events("request.refused")[-1]
    assert (event.outcome, event.outcome_code, event.authority) == ("refused", "missing_power", "none")
    assert event.fields["sentence"] == "This page is for people who may read the whole log and close reviews."
    assert (event.fields["method"], event.fields["route"], event.fields["scope"]) == (
        "GET",
        "audit/",
        "review",
    )
    assert event.actor_label == "Agent"
    assert event.http_request_id


def test_the_refused_event_outlives_the_rollback_of_the_verb(committed, events):
    with pytest.raises(Refused), transaction.atomic():
        raise Refused("You may not do this.", code="not_yours")
    record_refusal(request_to(), Refused("You may not do this.", code="not_yours"))
    assert [event.outcome_code for event in events("request.refused")] == ["not_yours"]


@pytest.mark.django_db
def test_a_refusal_carries_the_tenant_and_trail_of_the_verb(events):
    error = Conflict("Somebody was first.", code="late", state="denied")
    error.tenant, error.trail = ACME, Trail(ticket="HD-77")
    record_refusal(request_to(), error)
    event = events("request.refused")[-1]
    assert (event.tenant_label, event.ticket) == (ACME.label, "HD-77")
    assert event.sentence == "Somebody not signed in was refused on Acme (acme-prod-eu): Somebody was first."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (
            Refused("No.", scope="billing.read"),
            403,
            {"error": "refused", "sentence": "No.", "scope": "billing.read", "ask_url": ""},
        ),
        (
            Conflict("Late.", state="denied"),
            409,
            {"error": "conflict", "sentence": "Late.", "state": "denied"},
        ),
        (
            Invalid({"reason": "Too short."}),
            422,
            {"error": "invalid", "sentence": "Too short.", "errors": {"reason": "Too short."}},
        ),
    ],
)
def test_a_program_gets_json(error, status, body):
    answer = RefusalMiddleware(lambda _: None).process_exception(request_to("/api/v1/x/"), error)
    assert answer.status_code == status
    assert json.loads(answer.content) == body


@pytest.mark.django_db
def test_any_other_error_is_left_to_django():
    assert RefusalMiddleware(lambda _: None).process_exception(request_to(), ValueError("x")) is None

"""What one event holds, whatever its labels are."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actions import record
from audit.context import surface
from audit.models import Event
from audit.policies import active_policy
from audit.refs import Actor, Ref, Trail
from tests.audit.writing import ACME, SOMEBODY, write

pytestmark = pytest.mark.django_db


def test_an_event_holds_who_what_where_and_why():
    grant, session, case, request = (uuid.uuid4() for _ in range(4))
    trail = Trail(case_id=case, ticket="HD-48192", request_id=request, grant_id=grant, session_id=session)
    changes = [{"field": "plan", "old": "Team", "new": "Business"}]
    with surface("api"):
        key = record(
            "log.event_opened",
            actor=SOMEBODY,
            tenant=ACME,
            obj=Ref("event", "7", "the seventh"),
            subject=Ref("user", "u1", "Owner of Acme"),
            trail=trail,
            authority="grant",
            outcome="failed",
            outcome_code="timeout",
            approval_state="approved",
            reason_class="ticket",
            changes=changes,
        )
    event = Event.objects.get(id=key)
    assert event.sentence == "Somebody opened an event of the log: the seventh"
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("person", SOMEBODY.id, "Somebody")
    assert (event.tenant_id, event.tenant_environment, event.tenant_region) == (ACME.id, "production", "eu")
    assert (event.object_type, event.object_id, event.subject_label) == ("event", "7", "Owner of Acme")
    assert (event.case_id, event.request_id, event.grant_id, event.session_id) == (
        case,
        request,
        grant,
        session,
    )
    assert (event.ticket, event.surface, event.authority) == ("HD-48192", "api", "grant")
    assert (event.outcome, event.outcome_code, event.changes) == ("failed", "timeout", changes)
    assert (event.approval_state, event.reason_class) == ("approved", "ticket")
    assert event.policy_version == active_policy().version != ""
    assert event.db_user == "opsconsole_app"
    assert event.seeded is False
    assert abs(event.at - timezone.now()) < timedelta(minutes=1)


def test_outside_of_a_request_or_task_the_surface_is_a_command():
    assert Event.objects.get(id=write()).surface == "command"


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a\x00b", "ab"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("\u202eright to left", "\u202eright to left"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ],
)
def test_any_label_is_stored_and_told(label, kept):
    event = Event.objects.get(id=write(label, actor=Actor("person", "", label), ticket=label))
    assert event.object_label == kept
    assert event.actor_label == kept
    assert event.ticket == kept
    assert event.sentence == f"{kept} opened an event of the log: {kept}"


def test_a_label_of_a_megabyte_is_cut():
    event = Event.objects.get(id=write("x" * 1_000_000))
    assert len(event.object_label) == 300
    assert event.object_label.endswith("…")
    assert len(event.sentence) < 400


def test_fields_are_cleaned_too():
    key = record("log.searched", actor=SOMEBODY, filters=["a\x00b", "c\ud800", "d" * 400])
    event = Event.objects.get(id=key)
    assert event.fields["filters"][:2] == ["ab", "c?"]
    assert len(event.fields["filters"][2]) == 300


def test_changes_with_values_that_postgresql_cannot_store_are_cleaned():
    key = record(
        "log.searched", actor=SOMEBODY, changes=[{"field": "note", "old": "a\x00b", "new": "c\ud800"}]
    )
    assert Event.objects.get(id=key).changes == [{"field": "note", "old": "ab", "new": "c?"}]

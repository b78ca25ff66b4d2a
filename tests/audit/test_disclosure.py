"""Values kept apart: what verbs commit to, shown with proof, erased for good, and every proof as it was."""

import re
import subprocess
import sys

import pytest

from accounts.actions import change_person
from audit.actions import seal_all
from audit.disclosure.actions import erase_old_values
from audit.models import Event
from audit.seal import store
from audit.seal.keys import signers
from audit.seal.proofs import proof_of
from audit.seal.verifying import verify
from tests.audit.test_proofs import VERIFIER
from tests.conftest import PASSWORD, signed_in

REASON = "The auditor compares the address with the ticket."
ERASING = {"request": "DSR-7", "reason": "The person asked for erasure by letter."}


def moved(people):
    """Change an agent's e-mail address and return the event."""
    agent = people("agent")
    change_person(
        actor=people("admin"),
        person=agent,
        display_name=agent.display_name,
        email="new@desk.example",
        is_staff=False,
    )
    return Event.objects.filter(type="person.changed").latest("seq")


def kept():
    return store.rows_of("SELECT count(*) FROM audit_private_value")[0][0]


@pytest.mark.django_db
def test_a_changed_address_is_committed_to_and_stands_nowhere_in_the_event(people):
    event = moved(people)
    assert set(event.commitments) == {"old_email", "new_email"}
    assert "desk.example" not in str([getattr(event, field.name) for field in Event._meta.fields])
    assert kept() == 2


@pytest.mark.django_db
def test_the_address_of_a_sign_in_is_kept_apart_where_the_policy_wants_it(client, events):
    answer = client.post("/sign-in/", {"username": "agent", "password": PASSWORD, "next": "/"})
    assert answer.status_code == 302
    event = events("person.signed_in")[-1]
    assert set(event.commitments) == {"address"}
    assert "127.0.0.1" not in str(event.fields)


def test_a_value_is_shown_with_proof_and_erased_while_every_proof_holds(committed, people, events, tmp_path):
    client, event = signed_in(people("compliance")), moved(people)
    seal_all()
    path = f"/audit/events/{event.id}/values/new_email/"
    assert path in client.get(f"/audit/events/{event.id}/").content.decode()
    page = client.get(path).content.decode()
    assert "new@desk.example" not in page
    assert client.post(path, {"reason": "because"}).status_code == 422
    assert events("value.disclosed") == []
    page = client.post(path, {"reason": REASON}).content.decode()
    assert "new@desk.example" in page
    assert events("value.disclosed")[0].sentence == (
        f"Compliance reviewer was shown the new email that an event commits to: {REASON.rstrip('.')}."
    )
    proof, disclosure = tmp_path / "event.tlog-proof", re.search(r"tlog-proof ([\w-]+) --key", page)[1]
    proof.write_text(proof_of(event.id).text())
    command = [sys.executable, "-I", str(VERIFIER), "value", str(proof), disclosure]
    done = subprocess.run(
        [*command, "--key", str(signers()[0].verifier)], capture_output=True, text=True, check=True
    )
    assert "Holds: entry" in done.stdout
    assert "Holds: new_email was 'new@desk.example'" in done.stdout
    assert client.post(f"{path}erase/", {"reason": REASON}).status_code == 422
    assert client.post(f"{path}erase/", ERASING).status_code == 302
    assert kept() == 1
    assert client.post(path, {"reason": REASON}).status_code == 409
    assert "It is erased" in client.get(path).content.decode()
    everything = f"/audit/events/{event.id}/values/old_email/erase/"
    assert client.post(everything, ERASING | {"everywhere": "on"}).status_code == 302
    assert client.post(everything, ERASING | {"everywhere": "on"}).status_code == 409
    assert kept() == 0
    assert [one.type for one in events("value.erased", "value.all_erased")] == [
        "value.erased",
        "value.all_erased",
    ]
    seal_all()
    assert verify().difference == ""
    assert proof_of(event.id).holds
    assert "desk.example" not in str(events("value.erased", "value.all_erased", "value.disclosed"))


def test_old_values_go_by_the_policy_with_one_event(committed, people, as_owner, events):
    moved(people)
    assert erase_old_values() == 0
    as_owner(
        """BEGIN; ALTER TABLE audit_private_value DISABLE TRIGGER USER;
           UPDATE audit_private_value SET at = now() - interval '366 days' WHERE name = 'old_email';
           ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_guard; COMMIT"""
    )
    assert (erase_old_values(), erase_old_values(), kept()) == (1, 0, 1)
    assert events("value.expired")[0].fields == {"count": 1, "months": 12, "retention": "people"}
    seal_all()
    assert verify().difference == ""


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["agent", "approver", "admin"])
def test_values_are_for_people_with_that_right(browse_as, people, username):
    event, client = moved(people), browse_as(username)
    path = f"/audit/events/{event.id}/values/new_email/"
    assert client.post(path, {"reason": REASON}).status_code == 403
    assert client.post(f"{path}erase/", ERASING).status_code == 403
    assert browse_as("compliance").get(f"/audit/events/{event.id}/values/plan/").status_code == 404
    assert kept() == 2

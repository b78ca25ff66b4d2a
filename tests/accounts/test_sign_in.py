"""Signing in, being locked out, and being signed out by the clock."""

import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import actions
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def post_sign_in(client, username, password=PASSWORD, path="/sign-in/", **extra):
    return client.post(path, {"username": username, "password": password, **extra})


def test_a_person_signs_in_and_the_event_says_so(events):
    client = Client()
    answer = post_sign_in(client, "agent")
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200
    assert [event.sentence for event in events("person.signed_in")] == ["Agent signed in"]


def test_the_page_after_sign_in_never_leaves_the_console():
    assert post_sign_in(Client(), "agent", next="//evil.example/")["Location"] == "/"
    assert post_sign_in(Client(), "agent", next="/tenants/?q=x")["Location"] == "/tenants/?q=x"


def test_a_wrong_password_and_an_unknown_name_read_the_same(events):
    wrong = post_sign_in(Client(), "agent", "wrong").content.decode()
    unknown = post_sign_in(Client(), "nobody-here", "wrong").content.decode()
    assert "do not belong together" in wrong
    assert "do not belong together" in unknown
    assert [event.object_label for event in events("person.sign_in_refused")] == ["Agent", ""]
    assert "nobody-here" not in "".join(event.sentence for event in events("person.sign_in_refused"))


@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/"])
def test_after_five_wrong_tries_the_door_stays_shut_for_a_while(path):
    client = Client()
    answers = [post_sign_in(client, "agent", "wrong", path).status_code for _ in range(5)]
    assert answers[-1] == 429
    assert post_sign_in(client, "agent", PASSWORD, path).status_code == 429


def test_a_lockout_of_one_address_does_not_lock_the_person_out_elsewhere():
    for _ in range(6):
        post_sign_in(Client(REMOTE_ADDR="203.0.113.9"), "agent", "wrong")
    assert post_sign_in(Client(REMOTE_ADDR="198.51.100.7"), "agent").status_code == 302


def test_a_deactivated_person_cannot_sign_in_and_reads_the_same_words(people):
    actions.set_active(actor=people("admin"), person=people("agent"), active=False)
    answer = post_sign_in(Client(), "agent")
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()


def test_a_deactivated_person_is_out_at_the_next_request(browse_as, people):
    client = browse_as("agent")
    assert client.get("/").status_code == 200
    actions.set_active(actor=people("admin"), person=people("agent"), active=False)
    assert client.get("/").status_code == 302


def shift(client, key, seconds):
    session = client.session
    session[key] = time.time() - seconds
    session.save()


def test_a_session_ends_after_fifteen_idle_minutes(browse_as, events):
    client = browse_as("agent")
    shift(client, "last_seen", 15 * 60 + 1)
    assert client.get("/").status_code == 302
    assert events("person.sign_in_ended")[-1].sentence == "The sign-in of Agent ended: idle time limit"


def test_a_session_ends_after_twelve_hours_however_busy(browse_as, events):
    client = browse_as("agent")
    shift(client, "signed_in_at", 12 * 3600 + 1)
    assert client.get("/").status_code == 302
    assert "absolute" in events("person.sign_in_ended")[-1].sentence


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(browse_as):
    client = browse_as("agent")
    shift(client, "last_seen", 60)
    before = client.session["last_seen"]
    client.get("/", headers={"X-Console-Poll": "1"})
    assert client.session["last_seen"] == before
    client.get("/")
    assert client.session["last_seen"] > before


def test_signing_in_gives_a_new_session_key():
    client = Client()
    client.get("/sign-in/")
    client.cookies[client.session.session_key or "x"] = "planted"
    post_sign_in(client, "agent")
    first = client.session.session_key
    client.post("/sign-out/")
    post_sign_in(client, "agent")
    assert client.session.session_key != first


def test_signing_out_is_a_post_and_an_event(browse_as, events):
    client = browse_as("agent")
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302
    assert events("person.signed_out")[-1].actor_label == "Agent"


def test_nobody_can_be_superuser_even_by_sql(people):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET is_superuser = true WHERE username = 'admin'")


def test_the_superuser_flag_would_give_nothing(people):
    person = people("outsider")
    person.is_superuser = True
    assert not person.has_perm("console.review")
    assert not person.has_perm("accounts.change_person")


def test_django_permission_rows_give_nothing(people):
    from django.contrib.auth.models import Permission

    person = people("outsider")
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    assert not person.has_perm("accounts.change_person")


def test_a_form_without_its_token_is_refused_in_plain_words():
    answer = post_sign_in(Client(enforce_csrf_checks=True), "agent")
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()

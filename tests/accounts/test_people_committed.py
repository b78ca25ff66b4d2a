"""Changing people with real commits: PostgreSQL itself insists on the event."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from accounts import actions
from accounts.models import Person
from tests.conftest import PASSWORD


def test_a_person_changed_by_raw_sql_without_an_event_does_not_commit(committed):
    with pytest.raises(IntegrityError, match="needs an event"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET display_name = 'Somebody else' WHERE username = 'agent'")


def test_a_verb_commits_with_its_event(committed, people):
    actions.set_roles(actor=people("admin"), person=people("outsider"), roles=["support"])
    assert Person.objects.get(username="outsider").has_perm("console.ask")


def test_people_are_not_truncated(committed):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_person CASCADE")


def admin_form(person, **changes):
    data = {
        "username": person.username,
        "display_name": person.display_name,
        "email": person.email,
        "roles": ["support"],
    }
    return {**data, "is_active": "on", **changes}


def test_django_admin_writes_through_the_verbs(committed, browse_as, people, events):
    person = people("agent")
    page = f"/admin/accounts/person/{person.pk}/change/"
    answer = browse_as("admin").post(page, admin_form(person, display_name="Agent of the night"))
    assert answer.status_code == 302
    assert people("agent").display_name == "Agent of the night"
    event = events("person.changed")[-1]
    assert (event.surface, event.sentence) == (
        "admin",
        "Administrator changed display name of Agent of the night",
    )


def test_a_password_of_an_older_django_is_hashed_anew_at_sign_in_with_an_event(
    committed, people, events, as_owner, settings
):
    settings.PASSWORD_HASHERS = [
        "tests.hashers.DearerScrypt",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    before = people("agent").password
    assert Client().post("/sign-in/", {"username": "agent", "password": PASSWORD}).status_code == 302
    after = people("agent").password
    assert after != before
    assert [event.sentence for event in events("person.password_rehashed")] == [
        "The password of Agent is kept in a stronger way"
    ]
    assert Client().post("/sign-in/", {"username": "agent", "password": PASSWORD}).status_code == 302
    assert people("agent").password == after

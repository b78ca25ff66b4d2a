"""A password is changed by its person, with an event, and by nobody else."""

import pytest
from django.test import Client

from tests.conftest import PASSWORD

NEW = "four ordinary words together"


def test_a_person_changes_their_password_and_other_browsers_are_signed_out(committed, browse_as, events):
    here, elsewhere = browse_as("agent"), browse_as("agent")
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/password/", typed).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert Client().post("/sign-in/", {"username": "agent", "password": NEW}).status_code == 302
    event = events("person.password_changed")[-1]
    assert event.sentence == "Agent changed the password of Agent"
    assert NEW not in str(event.fields) + str(event.changes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW},
        {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"},
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": "something else here"},
    ],
)
def test_a_wrong_old_or_weak_new_password_changes_nothing(browse_as, events, typed):
    assert browse_as("agent").post("/password/", typed).status_code == 422
    assert events("person.password_changed") == []


@pytest.mark.django_db
def test_django_admin_leads_to_the_same_page(browse_as):
    assert browse_as("admin").get("/admin/password_change/")["Location"] == "/password/"


def test_the_first_password_opens_nothing_but_the_page_on_which_it_is_changed(committed, browse_as):
    typed = {
        "username": "newcomer",
        "display_name": "Newcomer",
        "email": "",
        "roles": ["support"],
        "is_active": "on",
        "first_password": NEW,
    }
    assert browse_as("admin").post("/admin/accounts/person/add/", typed).status_code == 302
    client, page = Client(), "/password/"
    assert client.post("/sign-in/", {"username": "newcomer", "password": NEW}).status_code == 302
    assert [client.get(path)["Location"] for path in ("/", "/tenants/", "/security/")] == [page] * 3
    assert client.get("/tenants/", headers={"Accept": "application/json"}).status_code == 403
    assert "Somebody else knows the password" in client.get(page).content.decode()
    typed = {"old_password": NEW, "new_password1": NEW, "new_password2": NEW}
    assert client.post(page, typed).status_code == 422
    own = {"new_password1": f"{NEW} of my own", "new_password2": f"{NEW} of my own"}
    assert client.post(page, typed | own).status_code == 302
    assert client.get("/tenants/").status_code == 200

import re

import pytest

pytestmark = pytest.mark.django_db

REASON = "Comparing the address with the one in the ticket"


@pytest.fixture
def contacts(browse_as, tenant):
    """The first masked e-mail of the demo's contacts: address, form fields and what is shown."""
    address = f"/tenants/{tenant.slug}/panels/contacts/"
    page = browse_as("agent").get(address).content.decode()
    form, token = re.search(r'form="reveal-(\w+-email)" name="row" value="([0-9a-f]+)"', page).groups()
    section = form.rsplit("-", 1)[0]
    return address + "reveal/", {"section": section, "column": "email", "row": token, "reason": REASON}


@pytest.fixture
def may_reveal(monkeypatch):
    """Stand in for a live grant: its own tests show how one comes to be."""
    from accounts.queries import Authority
    from tenants.actions import revealing

    real = revealing.authority_for
    monkeypatch.setattr(
        revealing,
        "authority_for",
        lambda user, scope, of: Authority("grant") if scope == "personal.reveal" else real(user, scope, of),
    )


def test_without_the_scope_nothing_is_shown_and_the_way_to_ask_is_told(browse_as, contacts, events):
    address, fields = contacts
    response = browse_as("agent").post(address, fields)
    assert response.status_code == 403
    assert "personal.reveal" in response.content.decode()
    assert not events("field.revealed")


def test_one_value_is_shown_once_with_an_event_and_leaves_after_a_minute(
    browse_as, contacts, events, may_reveal
):
    address, fields = contacts
    response = browse_as("agent").post(address + "?ticket=HD-48192", fields)
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(r"data-revealed>[^<]*\w+@[\w.-]+\.example", page)
    assert response["Refresh"].startswith("60; url=/tenants/")
    assert "no-store" in response["Cache-Control"]
    (event,) = events("field.revealed")
    assert event.authority == "grant"
    assert event.ticket == "HD-48192"
    assert REASON in event.sentence
    assert "@" not in event.sentence


@pytest.mark.parametrize("reason", ["", "   ", "because"])
def test_without_a_reason_the_form_comes_back_as_typed(browse_as, contacts, events, may_reveal, reason):
    address, fields = contacts
    response = browse_as("agent").post(address, fields | {"reason": reason})
    assert response.status_code == 422
    assert fields["row"] in response.content.decode()
    assert not events("field.revealed")


def test_a_row_that_is_no_longer_there_is_a_conflict(browse_as, contacts, may_reveal):
    address, fields = contacts
    assert browse_as("agent").post(address, fields | {"row": "0" * 32}).status_code == 409


@pytest.mark.parametrize("column", ["role", "password_hash", "nothing"])
def test_only_a_column_that_declares_it_can_be_revealed(browse_as, contacts, may_reveal, column):
    address, fields = contacts
    assert browse_as("agent").post(address, fields | {"column": column}).status_code == 404


def test_a_reveal_is_never_a_get(browse_as, contacts):
    address, fields = contacts
    assert browse_as("agent").get(address, fields).status_code == 405

"""A passkey counts on the console's own page, for its own person, once for each question."""

import pytest

from tests.accounts.second import Passkey, after_password, question_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strict", "on_localhost")]
CODE, FIRST = "/sign-in/code/", "/sign-in/first/"


@pytest.fixture
def on_localhost(settings):
    settings.PUBLIC_URL = "http://localhost:8000"


def with_passkey(username):
    """Return a passkey that this person added at their first sign-in."""
    passkey, client = Passkey(), after_password(username)
    answer = client.post(FIRST, {"name": "My phone", "passkey": passkey.add(question_on(client, FIRST))})
    assert answer["Location"] == "/security/codes/", answer.content
    return passkey


def test_a_passkey_signs_in_and_its_answer_counts_once(events):
    passkey, client = with_passkey("agent"), after_password("agent")
    answer = passkey.show(question_on(client, CODE))
    assert client.post(CODE, {"passkey": answer}).status_code == 302
    assert client.get("/").status_code == 200
    assert events("person.signed_in")[-1].sentence == "Agent signed in with passkey"
    assert events("person.factor_added")[-1].sentence == "Agent added a second factor: passkey “My phone”"
    again = after_password("agent")
    assert again.post(CODE, {"passkey": answer}).status_code == 422
    question_on(again, CODE)
    assert again.post(CODE, {"passkey": answer}).status_code == 422


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:9000",
        "https://localhost:8000",
        "http://desk.localhost:8000",
        "https://evil.example",
        "null",
    ],
)
def test_an_answer_given_on_another_page_does_not_fit(origin):
    passkey, client = with_passkey("agent"), after_password("agent")
    answer = passkey.show(question_on(client, CODE), origin)
    assert client.post(CODE, {"passkey": answer}).status_code == 422


def test_no_passkey_is_added_from_another_page():
    passkey, client = Passkey(), after_password("agent")
    answer = passkey.add(question_on(client, FIRST), "http://desk.localhost:8000")
    assert client.post(FIRST, {"passkey": answer}).status_code == 422
    assert client.get("/").status_code == 302


def test_a_copy_that_counts_behind_the_original_does_not_fit():
    passkey = with_passkey("agent")
    for uses, status in ((5, 302), (0, 422), (-2, 422), (9, 302)):
        client = after_password("agent")
        answer = passkey.show(question_on(client, CODE), uses=uses)
        assert client.post(CODE, {"passkey": answer}).status_code == status, uses


def test_the_passkey_of_somebody_else_does_not_fit():
    with_passkey("agent")
    other, client = with_passkey("agent2"), after_password("agent")
    assert client.post(CODE, {"passkey": other.show(question_on(client, CODE))}).status_code == 422


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "null", "nonsense", '{"response": {}}', "{" * 30_000, "[" * 30_000, "\x00"]
)
def test_nonsense_is_a_wrong_passkey(answer):
    with_passkey("agent")
    client = after_password("agent")
    question_on(client, CODE)
    assert client.post(CODE, {"passkey": answer}).status_code == 422


def test_an_address_makes_no_passkeys_and_the_page_says_so(settings):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    page = after_password("agent").get(FIRST).content.decode()
    assert "data-passkey" not in page
    assert "not for the address this console has" in page

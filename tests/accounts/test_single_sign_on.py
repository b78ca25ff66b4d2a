"""Single sign-on with a real OpenID provider: a person is their `sub`, their groups are what they may do, a bad token proves nobody."""

import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from tests.accounts import provider as idp
from tests.accounts.second import after_password, code, enrolled
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
SUPPORT = {
    "email": "agent@opsdesk.example",
    "email_verified": True,
    "groups": ["console-support", "everybody"],
}


@pytest.fixture(scope="module")
def running():
    with idp.running() as provider:
        yield provider


@pytest.fixture
def provider(running, settings):
    """The provider, known to the console; the demo's `agent` is linked to the `sub` agent-1."""
    settings.SINGLE_SIGN_ON = running.settings
    running.spoil = running.user_info = None
    running.knows("agent-1", **SUPPORT)
    cache.clear()
    return running


@pytest.fixture
def linked(provider, people):
    from audit.actions import record

    def link(username="agent", sub="agent-1"):
        actor = people(username).as_actor()
        record("person.linked", actor=actor, obj=people(username).as_ref(), provider="Quill ID")
        SocialAccount.objects.create(provider=provider.issuer, uid=sub, user=people(username))

    link()
    return link


def came_back(provider, sub="agent-1", client=None, onward="/tenants/"):
    """Go there and back as somebody and return the client and the console's answer."""
    client = client or Client()
    there = client.get(idp.THERE, {"next": onward})
    assert there.status_code == 302, there.content
    return client, client.get(provider.sent_back(there["Location"], sub))


def roles_of(person):
    return sorted(person.memberships.values_list("role", flat=True))


def test_somebody_linked_comes_in_by_sub_and_their_roles_follow_their_groups(
    provider, linked, people, events
):
    from accounts.models import SignIn

    provider.knows("agent-1", **SUPPORT | {"groups": ["console-success"]})
    client, answer = came_back(provider)
    assert answer["Location"] == "/tenants/"
    assert client.get("/").status_code == 200
    assert roles_of(people("agent")) == ["success"]
    assert SignIn.objects.get(person=people("agent"), ended_at=None).session_key == client.session.session_key
    told = events("person.roles_changed", "person.provider_accepted", "person.signed_in")
    assert [event.sentence for event in told[-3:]] == [
        "Quill ID changed the roles of Agent: gave success: took support",
        "Quill ID confirmed that Agent is who they are",
        "Agent signed in",
    ]
    came_back(provider, client=Client(HTTP_USER_AGENT="Firefox Windows"))
    assert events("person.new_device")
    assert len(events("person.roles_changed")) == len([e for e in told if e.type == "person.roles_changed"])


def test_the_way_there_carries_state_nonce_and_a_challenge_and_the_page_offers_it(provider, settings):
    assert "Sign in with Quill ID" in Client().get("/sign-in/").content.decode()
    first, second = (idp.asked(Client().get(idp.THERE)["Location"]) for _ in range(2))
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == f"{settings.PUBLIC_URL}{idp.BACK}"
    assert first["max_age"] == str(12 * 3600)
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) > 15
        assert first[name] != second[name]


def test_without_a_provider_there_is_no_such_door(settings):
    assert not settings.SINGLE_SIGN_ON
    assert Client().get(idp.THERE).status_code == Client().get(idp.BACK).status_code == 404
    assert "Sign in with" not in Client().get("/sign-in/").content.decode()


BAD = {
    "another issuer": (idp.other(iss="https://login.example"), "another provider"),
    "another audience": (idp.other(aud=["somebody-else"]), "for somebody else"),
    "ours and another, handed out to the other": (
        idp.other(aud=[idp.CLIENT, "somebody-else"], azp="somebody-else"),
        "for somebody else",
    ),
    "another nonce": (idp.other(nonce="of another sign-in"), "answers another sign-in"),
    "no nonce": (idp.other(nonce=None), "answers another sign-in"),
    "over": (idp.other(exp=int(time.time()) - 60), "is over"),
    "without an end": (idp.other(exp=None), "not signed"),
    "made in the future": (idp.other(iat=int(time.time()) + 3600), "not signed"),
    "nobody": (idp.other(sub=" "), "names nobody"),
    "alg none": (idp.unsigned, "not signed by the provider"),
    "a key of somebody else": (idp.signed_by_somebody_else, "not signed by the provider"),
    "the shared secret as a key": (idp.signed_with_the_shared_secret, "not signed by the provider"),
    "no token": (lambda claims, key: None, "sent no token"),
    "nonsense": (lambda claims, key: "a.b.c", "not signed by the provider"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_that_proves_nobody_opens_nothing(provider, linked, people, events, name):
    provider.spoil, words = BAD[name]
    client, answer = came_back(provider)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert client.get("/").status_code == 302
    refused = events("person.sign_in_refused")[-1]
    assert (refused.outcome, refused.object_label) == ("refused", "")
    assert words in refused.sentence


def test_what_was_begun_in_another_browser_or_was_used_opens_nothing(provider, linked):
    client = Client()
    path = provider.sent_back(client.get(idp.THERE)["Location"], "agent-1")
    assert Client().get(path).status_code == 422
    assert client.get(path).status_code == 302
    assert client.post("/sign-out/").status_code == 302
    assert client.get(path).status_code == 422
    assert client.get(idp.BACK, {"error": "access_denied"}).status_code == 422
    assert client.get("/").status_code == 302


def test_a_changed_e_mail_does_not_change_who_it_is_and_an_e_mail_is_nobody(provider, linked, people):
    provider.knows("agent-1", **SUPPORT | {"email": "admin@opsdesk.example", "preferred_username": "admin"})
    client, _ = came_back(provider)
    assert "Agent" in client.get("/security/").content.decode()
    assert people("agent").email == "agent@opsdesk.example"
    provider.knows(
        "stranger", **SUPPORT | {"preferred_username": "agent", "groups": ["console-administrators"]}
    )
    stranger, answer = came_back(provider, "stranger")
    assert answer.status_code == 422
    assert "no open account of yours" in answer.content.decode()
    assert stranger.get("/").status_code == 302


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (SUPPORT | {"email_verified": False}, "has not checked your e-mail"),
        ({"email": "agent@opsdesk.example", "groups": ["console-support"]}, "has not checked your e-mail"),
        (SUPPORT | {"email_verified": "true"}, "has not checked your e-mail"),
        ({"email": "agent@opsdesk.example", "email_verified": True}, "did not say which groups"),
        (SUPPORT | {"groups": None}, "did not say which groups"),
        (SUPPORT | {"groups": ["console-leads", "console-administrators"]}, "in two hands"),
    ],
)
def test_what_the_provider_leaves_open_is_refused_kindly_and_changes_nothing(
    provider, linked, people, events, claims, words
):
    provider.knows("agent-1", **claims)
    before = len(events("person.roles_changed"))
    client, answer = came_back(provider)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert client.get("/").status_code == 302
    assert roles_of(people("agent")) == ["support"]
    assert len(events("person.roles_changed")) == before
    assert events("person.sign_in_refused")[-1].object_label == "Agent"


def test_who_left_all_groups_loses_their_roles_and_is_not_let_in_but_the_last_administrator_keeps_theirs(
    provider, linked, people
):
    linked("admin", "admin-1")
    for sub in ("agent-1", "admin-1"):
        provider.knows(sub, groups=["everybody"])
        client, answer = came_back(provider, sub)
        assert (answer.status_code, client.get("/").status_code) == (422, 302)
    assert roles_of(people("agent")) == []
    assert roles_of(people("admin")) == ["admin"]


def test_who_was_deactivated_is_not_let_in(provider, linked, people, events):
    from accounts.actions import set_active

    set_active(actor=people("admin"), person=people("agent"), active=False)
    client, answer = came_back(provider)
    assert (answer.status_code, client.get("/").status_code) == (422, 302)
    assert "deactivated" in events("person.sign_in_refused")[-1].sentence


def test_a_door_that_wrong_passwords_shut_is_shut_for_single_sign_on_too(provider, linked, people):
    for _ in range(5):
        Client().post("/sign-in/", {"username": "agent", "password": "wrong"})
    client, answer = came_back(provider)
    assert (answer.status_code, client.get("/").status_code) == (429, 302)
    elsewhere, answer = came_back(provider, client=Client(REMOTE_ADDR="198.51.100.7"))
    assert elsewhere.get("/").status_code == 200
    assert Client().post("/sign-in/", {"username": "agent", "password": PASSWORD}).status_code == 429


def test_the_second_factor_is_the_consoles_own_unless_the_policy_lets_the_providers_count(
    provider, linked, strict, people, events
):
    enrolled(people("agent"))
    client, answer = came_back(provider)
    assert answer["Location"] == "/sign-in/code/"
    assert client.get("/tenants/").status_code == 302
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/tenants/"
    provider.knows("agent-1", **SUPPORT | {"amr": ["pwd", "mfa"]})
    client, answer = came_back(provider)
    assert answer["Location"] == "/tenants/"
    assert client.get("/").status_code == 200
    assert events("person.signed_in")[-1].sentence == "Agent signed in with single sign-on"
    provider.spoil = idp.other(auth_time=int(time.time()) - 3600)
    client, _ = came_back(provider)
    assert client.get("/").status_code == 200
    page = client.post("/security/link/", headers={"Referer": "http://testserver/security/"})
    assert page.status_code == 403  # it was shown an hour ago, so what matters asks again
    assert "/sign-in/company/?again=1&amp;next=%2Fsecurity%2F" in page.content.decode()
    asked = client.get(idp.THERE, {"again": "1", "next": "/security/"})["Location"]
    assert (idp.asked(asked)["prompt"], idp.asked(asked)["max_age"]) == ("login", "0")
    stale = client.get(provider.sent_back(asked, "agent-1"))
    assert (stale["Location"], client.post("/security/link/").status_code) == ("/security/", 403)
    provider.spoil = idp.other(amr=["pwd"])
    assert client.get(_again(provider, client)).status_code == 422
    provider.spoil, key = None, client.session.session_key
    assert client.get(_again(provider, client))["Location"] == "/security/"
    assert client.session.session_key != key
    assert client.post("/security/link/").status_code == 200


def _again(provider, client):
    there = client.get(idp.THERE, {"again": "1", "next": "/security/"})["Location"]
    return provider.sent_back(there, "agent-1")


def test_nobody_unknown_gets_an_account_unless_the_policy_says_so(provider, with_policy, people, events):
    from accounts.leaving.actions import off_board
    from accounts.models import Person

    with_policy(
        changes=[
            ("add_people = false", "add_people = true"),
            ("second_factor = true", "second_factor = false"),
        ]
    )
    new = {
        "email": "night@opsdesk.example",
        "email_verified": True,
        "preferred_username": "night",
        "name": "Night agent",
    }
    provider.knows("night-1", **new)
    assert came_back(provider, "night-1")[1].status_code == 422
    provider.knows("night-1", **new, groups=["everybody"])
    assert came_back(provider, "night-1")[1].status_code == 422
    assert not Person.objects.filter(username="night").exists()
    provider.knows("night-1", **new, groups=["console-support"])
    client, _ = came_back(provider, "night-1")
    assert client.get("/").status_code == 200
    person = Person.objects.get(username="night")
    assert (roles_of(person), person.has_usable_password(), person.is_staff) == (["support"], False, False)
    assert events("person.added_by_provider")[-1].sentence == (
        "Night agent came from Quill ID for the first time and got an account"
    )
    provider.knows("thief", **SUPPORT | {"preferred_username": "Agent", "email": "thief@opsdesk.example"})
    answer = came_back(provider, "thief")[1]
    assert answer.status_code == 422
    assert "an account under your name or address already" in answer.content.decode()
    off_board(actor=people("admin"), person=people("agent"), reason="Left the company on Friday.")
    provider.knows("thief", **SUPPORT | {"preferred_username": "agent.of.old"})
    assert came_back(provider, "thief")[1].status_code == 422
    assert not Person.objects.filter(username="agent.of.old").exists()


def test_groups_that_stand_beside_the_token_must_be_of_the_same_person(provider, linked, people):
    provider.spoil = idp.other(groups=None)
    client, answer = came_back(provider)
    assert client.get("/").status_code == 200
    provider.user_info = {"sub": "somebody-else", "groups": ["console-administrators"]}
    client, answer = came_back(provider)
    assert (answer.status_code, client.get("/").status_code) == (422, 302)
    assert roles_of(people("agent")) == ["support"]


def test_a_provider_that_is_down_or_says_it_is_another_is_told_plainly(provider, settings):
    for issuer in ("http://localhost:1", f"{provider.issuer}/"):
        settings.SINGLE_SIGN_ON = provider.settings | {"issuer": issuer}
        answer = Client().get(idp.THERE)
        assert answer.status_code == 503
        assert "does not answer right now" in answer.content.decode()


def test_what_somebody_planted_in_a_browser_before_is_gone_after(provider, linked):
    client = Client()
    client.get(idp.THERE)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client, _ = came_back(provider, client=client)
    assert client.get("/").status_code == 200
    assert client.session.session_key != planted
    assert "planted" not in client.session


def test_a_person_links_themselves_after_their_second_factor_and_takes_it_away(
    provider, strict, people, events
):
    enrolled(people("agent"))
    client = after_password("agent")
    client.post("/sign-in/code/", {"code": code()})
    page = client.post("/security/link/")
    assert f'href="{idp.THERE}"' in page.content.decode()
    assert came_back(provider, client=client)[1]["Location"] == "/security/"
    assert events("person.linked")[-1].sentence == "Agent linked Agent to an account at Quill ID"
    assert "Your account at Quill ID opens this one" in client.get("/security/").content.decode()
    assert client.get(idp.THERE)["Location"] == "/"  # only the form leads there again
    client.post("/security/link/")
    assert came_back(provider, client=client)[1].status_code == 409
    assert client.post("/security/link/remove/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert came_back(provider)[1].status_code == 422


def test_a_link_begun_by_one_person_is_not_finished_by_another(provider, browse_as, people):
    client = browse_as("agent")
    client.post("/security/link/")
    path = provider.sent_back(client.get(idp.THERE)["Location"], "agent-1")
    session = client.session
    session["_auth_user_id"] = str(people("agent2").pk)
    session["_auth_user_hash"] = people("agent2").get_session_auth_hash()
    session.save()
    assert client.get(path).status_code == 422
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ('claim = ""\n[single_sign_on.groups]\n"a" = ["support"]', "roles.toml:4: single_sign_on.claim"),
        (
            'second_factor = "mfa"\n[single_sign_on.groups]\n"a" = ["support"]',
            "roles.toml:4: single_sign_on.second_factor",
        ),
        ('add_peeple = true\n[single_sign_on.groups]\n"a" = ["support"]', "write add_people"),
        ('[single_sign_on.groups]\n"a" = ["suport"]', "write support"),
        ('[single_sign_on.groups]\n"a" = ["support", "lead"]', "gives both act and decide"),
        ('claim = "groups"', "names no group"),
    ],
)
def test_a_mistake_in_the_policy_is_told_with_its_line(lines, what):
    from accounts.single_sign_on.rules import parse_single_sign_on
    from opsconsole.lib.bundle import Bundle, Problems

    roles = '[separation]\npairs = [["act", "decide"]]\n[single_sign_on]\n{}\n'
    known = '[role.support]\ntitle = "S"\nmay = ["act"]\n[role.lead]\ntitle = "L"\nmay = ["decide"]\n'
    problems = Problems()
    rules = parse_single_sign_on(Bundle({"roles.toml": roles.format(lines) + known}), problems)
    told = [str(one) for one in problems.found]
    assert any(what in line for line in told), told
    assert not rules.roles_of(["b"])

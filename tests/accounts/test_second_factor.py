"""Signing in takes two things where the policy says so, and nothing opens before both were shown."""

import re
import time

import pytest
from django.test import Client

from accounts.factors.codes import step_of
from tests.accounts.second import OTHER, SECRET, after_password, code, enrolled, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strict")]
EVERYWHERE = (
    "/",
    "/tenants/",
    "/security/",
    "/security/add/",
    "/password/",
    "/step-up/",
    "/admin/",
    "/find/",
)


def show(client, typed):
    return client.post("/sign-in/code/", {"code": typed})


def test_password_and_code_sign_in_and_the_log_tells_both_steps(people, events):
    enrolled(people("agent"))
    client = Client()
    client.post("/sign-in/", {"username": "agent", "password": "opsconsole-demo", "next": "/tenants/?q=x"})
    assert client.get("/").status_code == 302
    assert show(client, code())["Location"] == "/tenants/?q=x"
    assert client.get("/").status_code == 200
    told = [e.sentence for e in events("person.password_accepted", "person.factor_shown", "person.signed_in")]
    assert told == [
        "Agent gave the right password; the second factor comes next",
        "Agent showed a second factor: authenticator app",
        "Agent signed in with authenticator app",
    ]


def test_a_password_alone_opens_nothing(people):
    enrolled(people("agent"))
    client = after_password("agent")
    for path in EVERYWHERE:
        assert client.get(path).status_code == 302, path
        assert client.post(path).status_code in {302, 405}, path
    assert client.get("/tenants/", headers={"Accept": "application/json"}).status_code == 401
    assert client.get("/api/v1/tenants/").status_code == 401


def test_each_step_has_a_session_key_of_its_own(people):
    enrolled(people("agent"))
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    keys = [session.session_key]
    after_password("agent", client)
    keys.append(client.session.session_key)
    assert "planted" not in client.session
    show(client, code())
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    for old in keys[:2]:
        thief = Client()
        thief.cookies[next(iter(client.cookies))] = old
        thief.cookies["opsconsole-8000-session"] = old
        assert thief.get("/").status_code == 302


def test_a_code_counts_once(people):
    enrolled(people("agent"))
    typed = code()
    assert show(after_password("agent"), typed).status_code == 302
    assert show(after_password("agent"), typed).status_code == 422
    assert show(after_password("agent"), code(steps=1)).status_code == 302


def test_an_older_code_is_worth_nothing_once_a_newer_one_was_shown(people):
    enrolled(people("agent"))
    assert show(after_password("agent"), code(steps=1)).status_code == 302
    assert show(after_password("agent"), code()).status_code == 422


def test_a_phone_may_be_one_step_off_and_not_three(people):
    enrolled(people("agent"))
    assert show(after_password("agent"), code(steps=3)).status_code == 422
    assert show(after_password("agent"), code(steps=1)).status_code == 302
    now = int(time.time()) // 30
    assert step_of(SECRET, code(steps=-3), after=-1) is None
    assert step_of(SECRET, code(), after=-1) in {now, now + 1}
    assert step_of(SECRET, code(), after=now + 1) is None


def test_a_code_of_somebody_else_does_not_fit(people, events):
    enrolled(people("agent"))
    codes = enrolled(people("agent2"), OTHER)
    assert show(after_password("agent"), code(OTHER)).status_code == 422
    assert show(after_password("agent"), codes[0]).status_code == 422
    refused = events("person.factor_refused")[-1]
    assert refused.sentence == "A second factor shown for Agent was refused: it does not fit"
    assert refused.outcome == "refused"


@pytest.mark.parametrize(
    "typed", ["", "abcdef", "0" * 5_000, "１２３４５６", "12345\x00", "-00001", "१२३४५६"]
)
def test_nonsense_is_a_wrong_code(people, typed):
    enrolled(people("agent"))
    assert show(after_password("agent"), typed).status_code == 422


def test_a_recovery_code_counts_once(people):
    codes = enrolled(people("agent"))
    assert show(after_password("agent"), f"{codes[3][:5]} {codes[3][5:]}").status_code == 302
    assert show(after_password("agent"), codes[3]).status_code == 422
    assert show(after_password("agent"), codes[4]).status_code == 302


def test_wrong_codes_and_wrong_passwords_share_one_limit(people):
    enrolled(people("agent"))
    Client().post("/sign-in/", {"username": "agent", "password": "wrong"})
    client = after_password("agent")
    assert [show(client, "000000").status_code for _ in range(4)] == [422, 422, 422, 429]
    assert show(client, code()).status_code == 429
    assert Client().post("/sign-in/", {"username": "agent", "password": "opsconsole-demo"}).status_code == 429
    elsewhere = after_password("agent", Client(REMOTE_ADDR="198.51.100.7"))
    assert show(elsewhere, code()).status_code == 302


def test_giving_the_password_again_does_not_forgive_wrong_codes(people):
    enrolled(people("agent"))
    for wanted in (422, 422, 422, 422):
        assert show(after_password("agent"), "000000").status_code == wanted
    assert show(after_password("agent"), "000000").status_code == 429


def test_nothing_that_was_typed_is_kept_by_the_limit(people):
    from axes.models import AccessAttempt

    enrolled(people("agent"))
    show(after_password("agent"), "918273")
    assert AccessAttempt.objects.get().post_data == ""


def test_the_half_way_ends_after_ten_minutes_and_with_the_password_and_the_person(people):
    enrolled(people("agent"))
    late, changed, gone = after_password("agent"), after_password("agent"), after_password("agent")
    session = late.session
    session["half_signed_in"] |= {"until": time.time() - 1}
    session.save()
    assert show(late, code())["Location"] == "/sign-in/"
    person = people("agent")
    person.set_password("four ordinary words together")
    person.save()
    assert show(changed, code())["Location"] == "/sign-in/"
    person.is_active = False
    person.save()
    assert show(gone, code())["Location"] == "/sign-in/"


def test_who_has_none_adds_one_before_anything_else_opens(people, events):
    client = after_password("agent")
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/first/"
    page = client.get("/sign-in/first/").content.decode()
    secret = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    assert client.get("/tenants/").status_code == 302
    assert client.post("/sign-in/first/", {"code": "000000"}).status_code == 422
    answer = client.post("/sign-in/first/", {"code": code(secret)})
    assert answer["Location"] == "/security/codes/"
    shown = re.findall(r"<li><code>(\d{5} \d{5})</code>", client.get("/security/codes/").content.decode())
    assert len(set(shown)) == 10
    assert client.post("/security/codes/")["Location"] == "/"
    assert client.get("/security/codes/")["Location"] == "/security/"
    assert [e.type for e in events("person.factor_added", "person.signed_in")] == [
        "person.factor_added",
        "person.signed_in",
    ]
    assert show(after_password("agent"), code(secret)).status_code == 422  # the code that enrolled is used up
    assert show(after_password("agent"), shown[0]).status_code == 302


def test_a_stolen_half_session_adds_no_factor_beside_the_owners(people):
    thief, owner = after_password("agent"), after_password("agent")
    page = thief.get("/sign-in/first/").content.decode()
    secret = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    page = owner.get("/sign-in/first/").content.decode()
    own = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    assert owner.post("/sign-in/first/", {"code": code(own)}).status_code == 302
    assert thief.post("/sign-in/first/", {"code": code(secret)})["Location"] == "/sign-in/code/"
    assert show(thief, code(secret)).status_code == 422
    assert thief.get("/").status_code == 302


def test_the_verb_itself_adds_nothing_to_a_person_with_a_factor_who_showed_none(people):
    from accounts.factors.actions import add_app
    from opsconsole.lib.step_up import StepUpNeeded

    enrolled(people("agent"))
    with pytest.raises(StepUpNeeded):
        add_app(person=people("agent"), secret=OTHER, code=code(OTHER))


def test_secrets_are_unreadable_in_the_database(people):
    from allauth.mfa.models import Authenticator

    codes = enrolled(people("agent"))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not any(one in kept for one in codes)
    client = after_password("agent2")
    page = client.get("/sign-in/first/").content.decode()
    secret = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    assert secret not in str(dict(client.session))


def test_a_key_that_is_lost_locks_out_and_a_key_that_is_added_before_it_does_not(people, settings):
    enrolled(people("agent"))
    old = settings.SECRET_KEY
    settings.FACTOR_KEYS = ["n" * 40]
    assert show(after_password("agent"), code()).status_code == 422
    settings.FACTOR_KEYS = ["n" * 40, old]
    assert show(after_password("agent"), code()).status_code == 302


def test_a_session_from_before_the_policy_ends_at_the_next_request(browse_as, events):
    client = browse_as("agent")
    assert client.get("/").status_code == 302
    assert "second factor" in events("person.sign_in_ended")[-1].sentence


def test_django_admin_takes_both_too(people):
    enrolled(people("admin"))
    client = Client()
    answer = client.post("/admin/login/", {"username": "admin", "password": "opsconsole-demo"})
    assert answer["Location"] == "/sign-in/code/"
    assert client.get("/admin/").status_code == 302
    show(client, code())
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert client.get("/admin/account/emailaddress/").status_code == 404


def test_an_administrator_takes_a_lost_factor_away_and_its_sign_ins_end(people, events):
    from accounts.models import SignIn

    enrolled(people("admin"))
    enrolled(people("agent"), OTHER)
    agent, admin = signed_in("agent", OTHER), signed_in("admin")
    person = people("agent")
    form = {
        "display_name": "Agent",
        "email": "",
        "roles": ["support"],
        "is_active": "on",
        "reset_factors": "on",
    }
    assert admin.post(f"/admin/accounts/person/{person.pk}/change/", form).status_code == 302
    assert events("person.factors_reset")[-1].sentence == "Administrator removed all second factors of Agent"
    assert agent.get("/").status_code == 302
    assert not SignIn.objects.filter(person=person, ended_at=None).exists()
    assert after_password("agent").get("/sign-in/code/")["Location"] == "/sign-in/first/"


def test_nobody_resets_their_own_factors_nor_without_the_right(people):
    from accounts.factors.actions import reset_factors
    from opsconsole.lib.errors import Refused

    for actor, person in (("admin", "admin"), ("agent", "agent2")):
        with pytest.raises(Refused):
            reset_factors(actor=people(actor), person=people(person))


def test_one_sees_where_one_is_signed_in_and_ends_it_there(people, events):
    from grants.models import Outbox

    enrolled(people("agent"))
    codes = enrolled(people("agent2"), OTHER)
    here = signed_in("agent", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    there = after_password("agent", Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/605"))
    show(there, code(steps=1))
    page = here.get("/security/").content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert events("person.new_device")[-1].sentence == (
        "Agent signed in from a browser not seen before: Safari on iPhone"
    )
    assert [(row.to, row.path) for row in Outbox.objects.filter(kind="new_device")] == [
        ([people("agent").pk], "/security/")
    ]
    path = re.search(r"/security/sign-ins/[0-9a-f-]+/end/", page).group()
    stranger = after_password("agent2")
    show(stranger, codes[0])
    assert stranger.post(path).status_code == 404
    assert here.post(path).status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert "elsewhere (Safari on iPhone)" in events("person.sign_in_ended")[-1].sentence


def test_a_known_browser_is_no_news(people, events):
    codes = enrolled(people("agent"))
    client = signed_in("agent")
    client.post("/sign-out/")
    after_password("agent", client)
    assert show(client, codes[0]).status_code == 302
    assert events("person.new_device") == []

"""What matters asks for a fresh second factor; neither a session alone nor a password passes round it."""

import re

import pytest
from django.core.management import CommandError, call_command

from opsconsole.lib.step_up import StepUpNeeded
from tests.accounts.second import OTHER, code, enrolled, grow_old, signed_in
from tests.conftest import PASSWORD
from tests.grants import desk

pytestmark = pytest.mark.django_db
ACCESS = """[consequence.high_risk]
approvals = 2
default_minutes = 15
longest_minutes = 60
step_up = true
pending_minutes = 60
"""
PERSON = {"display_name": "Somebody Else", "email": "", "roles": ["support"], "is_active": "on"}


@pytest.fixture
def admin(strict, people):
    """The administrator, signed in eleven minutes ago, and their recovery codes."""
    codes = enrolled(people("admin"))
    client = signed_in("admin")
    grow_old(client)
    client.recovery_codes = codes
    return client


def change(client, people, **more):
    return client.post(f"/admin/accounts/person/{people('agent').pk}/change/", PERSON | more)


def test_a_change_of_people_waits_for_the_factor_and_goes_on_with_what_was_typed(admin, people, events):
    asked = change(admin, people)
    assert asked.status_code == 403
    page = asked.content.decode()
    assert "Changing people and their rights asks for your second factor" in page
    assert people("agent").display_name == "Agent"
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert kept.pop("step_up_passkey", None) is None
    kept.pop("csrfmiddlewaretoken", None)
    assert kept == {"display_name": "Somebody Else", "email": "", "roles": "support", "is_active": "on"}
    before = admin.session.session_key
    assert change(admin, people, step_up_code=code(steps=1)).status_code == 302
    assert people("agent").display_name == "Somebody Else"
    assert admin.session.session_key != before
    shown = events("person.changed")[-1].fields["step_up"]
    assert re.fullmatch(r"authenticator app, shown \d+ \w{3} \d{4}, \d\d:\d\d:\d\d UTC", shown)
    refused = events("request.refused")[-1]
    assert (refused.outcome_code, refused.fields["scope"]) == ("step_up_needed", "people")


def test_a_fresh_sign_in_is_a_fresh_factor(strict, people):
    enrolled(people("admin"))
    assert change(signed_in("admin"), people).status_code == 302


def test_a_wrong_code_changes_nothing_and_counts(admin, people, events):
    answers = [change(admin, people, step_up_code="000000").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert change(admin, people, step_up_code=code(steps=1)).status_code == 429
    assert people("agent").display_name == "Agent"
    assert events("person.factor_refused")[-1].actor_label == "Administrator"


@pytest.mark.parametrize("typed", [PASSWORD, "", "on"])
def test_the_password_is_no_second_factor(admin, people, typed):
    assert change(admin, people, step_up_code=typed, password=PASSWORD).status_code == 422
    assert people("agent").display_name == "Agent"


def test_the_code_that_signed_in_and_codes_of_others_are_no_fresh_factor(admin, people):
    others = enrolled(people("agent"), OTHER)
    for typed in (code(), code(OTHER), others[0]):
        assert change(admin, people, step_up_code=typed).status_code == 422


def test_a_recovery_code_steps_up_once(admin, people):
    assert change(admin, people, step_up_code=admin.recovery_codes[0]).status_code == 302
    grow_old(admin)
    assert change(admin, people, step_up_code=admin.recovery_codes[0]).status_code == 422


def test_a_time_from_the_future_is_not_fresh(admin, people):
    grow_old(admin, minutes=-500)
    assert change(admin, people).status_code == 403


def test_reading_asks_for_nothing(admin, people):
    assert admin.get(f"/admin/accounts/person/{people('agent').pk}/change/").status_code == 200


def test_the_verbs_refuse_without_a_request_too(strict, people):
    """A task, a shell, an API: no proof is carried there, so what asks for step-up is closed."""
    from accounts import actions
    from audit.actions import activate_policy, propose_policy
    from audit.evidence.actions import ask_for_pack
    from audit.models import PolicyVersion
    from opsconsole.lib.bundle import Bundle

    version = PolicyVersion.objects.get(state="replaced").version
    with pytest.raises(StepUpNeeded):
        actions.set_active(actor=people("admin"), person=people("agent"), active=False)
    with pytest.raises(StepUpNeeded):
        propose_policy(actor=people("admin"), bundle=Bundle({"roles.toml": ""}))
    with pytest.raises(StepUpNeeded):
        activate_policy(actor=people("compliance"), version=version)
    with pytest.raises(StepUpNeeded):
        ask_for_pack(
            actor=people("compliance"), kind="period", text="", since=None, until=None, reason=desk.REASON
        )


def test_a_policy_is_put_in_force_with_a_fresh_factor(strict, people, events):
    from audit.models import PolicyVersion

    enrolled(people("compliance"))
    client = signed_in("compliance")
    grow_old(client)
    path = f"/policy/{PolicyVersion.objects.get(state='replaced').version}/activate/"
    assert client.post(path).status_code == 403
    assert client.post(path, {"step_up_code": code(steps=1)}).status_code == 302
    assert "authenticator app" in events("policy.activated")[-1].fields["step_up"]


@pytest.fixture
def approver(strict, people):
    """An approver who signed in eleven minutes ago, and an agent with a case."""
    enrolled(people("approver"))
    enrolled(people("agent"), OTHER)
    client = signed_in("approver")
    grow_old(client)
    return client


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_deciding_what_is_of_high_risk_asks_and_anything_else_does_not(approver, tenant, events, verb):
    agent = signed_in("agent", OTHER)
    mild = desk.asked(agent, tenant)
    risky = desk.asked(agent, tenant, "HD-48193", scopes=["session.view"], minutes="15")
    asked = decide(approver, risky, verb)
    assert asked.status_code == 403
    assert "Deciding a request of high consequence asks for your second factor" in asked.content.decode()
    refused = events("request.refused")[-1]
    assert (refused.outcome_code, refused.ticket) == ("step_up_needed", "HD-48193")
    assert not risky.approvals.exists()
    assert decide(approver, mild, verb).status_code == 302
    assert "step_up" not in events(f"request.{'approved' if verb == 'approve' else 'denied'}")[-1].fields
    assert decide(approver, risky, verb, step_up_code=code(steps=1)).status_code == 302
    told = events(f"request.{'approved' if verb == 'approve' else 'denied'}")[-1]
    assert told.fields["step_up"].startswith("authenticator app, shown ")


def decide(client, request, verb, **more):
    if verb == "approve":
        return desk.approve(client, request, **more)
    return desk.post(client, f"/requests/{request.pk}/deny/", comment="Not with this ticket.", **more)


def test_an_emergency_start_and_a_support_session_ask_too(approver, tenant, people):
    agent = signed_in("agent", OTHER)
    case = desk.open_case(agent, tenant)
    grow_old(agent)
    typed = {"scopes": ["settings.read"], "reason": desk.REASON}
    assert desk.post(agent, f"/cases/{case}/break-glass/", **typed).status_code == 403
    fresh = code(OTHER, steps=1)
    assert desk.post(agent, f"/cases/{case}/break-glass/", **typed, step_up_code=fresh).status_code == 302
    grow_old(agent)
    started = desk.post(agent, f"/grants/{people('agent').grants.get().pk}/sessions/")
    assert started.status_code == 403
    assert "Starting a support session asks for your second factor" in started.content.decode()


def test_a_command_takes_the_code_too(strict, people):
    from audit.models import PolicyVersion

    enrolled(people("compliance"))
    version = PolicyVersion.objects.get(state="replaced").version
    with pytest.raises(CommandError, match="Add --code"):
        call_command("policy", "activate", version, "--as", "compliance")
    with pytest.raises(CommandError, match="does not fit"):
        call_command("policy", "activate", version, "--as", "compliance", "--code", "000000")
    call_command("policy", "activate", version, "--as", "compliance", "--code", code())
    assert PolicyVersion.objects.get(state="active").version == version


def test_a_policy_that_asks_in_one_file_and_not_in_the_other_is_told():
    from grants.access_rules import check_access
    from opsconsole.lib.bundle import Bundle, Problems

    problems = Problems()
    files = {"roles.toml": '[step_up]\nfor = ["people"]\n', "access.toml": ACCESS}
    check_access(Bundle(files), problems)
    assert any(str(one).startswith("access.toml:5: high_risk asks its decider") for one in problems.found)


def test_programs_get_json_and_htmx_is_led_to_the_page(admin, people):
    path = f"/admin/accounts/person/{people('agent').pk}/change/"
    answer = admin.post(path, PERSON, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (403, "step_up_needed")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}?x=1"}
    answer = admin.post(path, PERSON, headers=headers)
    assert answer["HX-Redirect"] == f"/step-up/?next={path.replace('/', '%2F')}%3Fx%3D1"


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_page_by_itself_never_leads_out(admin, onward):
    assert admin.get("/step-up/").status_code == 200
    answer = admin.post(f"/step-up/?next={onward}", {"step_up_code": code(steps=1)})
    assert answer["Location"] == "/"


def test_removing_a_factor_asks_for_one_and_the_last_one_stays(admin, people, events):
    from allauth.mfa.models import Authenticator

    own = Authenticator.objects.get(user=people("admin"), type="totp").pk
    foreign = (
        enrolled(people("agent"), OTHER) and Authenticator.objects.get(user=people("agent"), type="totp").pk
    )
    path = f"/security/factors/{own}/remove/"
    assert admin.post(path).status_code == 403
    assert admin.post(path, {"step_up_code": code(steps=1)}).status_code == 409
    assert admin.post(f"/security/factors/{foreign}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk__in=[own, foreign]).count() == 2
    assert admin.post("/security/codes/new/").status_code == 302
    assert events("person.recovery_codes_made")[-1].sentence == "Administrator made new recovery codes"
    grow_old(admin)
    assert admin.get("/security/codes/")["Location"] == "/step-up/?next=%2Fsecurity%2Fcodes%2F"
    assert admin.get("/security/add/")["Location"] == "/step-up/?next=%2Fsecurity%2Fadd%2F"


def test_old_recovery_codes_are_worth_nothing_after_new_ones(admin):
    assert admin.post("/security/codes/new/", {"step_up_code": code(steps=1)}).status_code == 302
    grow_old(admin)
    assert admin.post("/security/codes/new/", {"step_up_code": admin.recovery_codes[1]}).status_code == 422


def test_with_second_factors_off_nothing_is_asked_and_the_footer_says_so(browse_as, people):
    client = browse_as("admin")
    assert change(client, people).status_code == 302
    assert "Second factors are off" in client.get("/security/").content.decode()


def test_what_the_policy_leaves_out_is_not_asked(with_policy, people):
    with_policy(step_up='minutes = 5\nfor = ["decide", "policy"]\n')
    enrolled(people("admin"))
    client = signed_in("admin")
    grow_old(client, minutes=6)
    assert change(client, people).status_code == 302
    assert client.post("/security/codes/new/").status_code == 403


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ('for = ["peoples"]', "for names peoples", "did you mean people?"),
        ("minutes = 0", "minutes is 0", "above zero"),
        ('minutes = "10"', "minutes is '10'", "whole number"),
        ("minutes = 600", "minutes is 600", "write 60 or less"),
        ("hours = 1", "unknown key hours", "use one of"),
    ],
)
def test_a_mistake_in_the_list_is_told_with_its_mend(text, what, mend):
    from accounts.roles import parse_roles
    from opsconsole.lib.bundle import Bundle, Problems

    problems = Problems()
    parse_roles(Bundle({"roles.toml": f"[step_up]\n{text}\n"}), problems)
    told = [str(one) for one in problems.found]
    assert any(what in line and mend in line and line.startswith("roles.toml:2:") for line in told), told

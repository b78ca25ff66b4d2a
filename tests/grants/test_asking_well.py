"""Presets, a shift's end, hours, colleagues, and reasons that say what failed."""

from datetime import timedelta

import pytest

from grants.access_rules import parse_access
from grants.models import AccessRequest, Grant
from grants.presets import offered
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.clock import database_now
from tests.grants import desk
from tests.tenants.policies import DEMO, put_in_force

ACCESS = (DEMO / "access.toml").read_text()


def parsed(text):
    problems = Problems()
    rules = parse_access(Bundle({**Bundle.from_directory(DEMO).files, "access.toml": text}), problems)
    return rules, [str(problem) for problem in problems.found]


def test_a_clear_case_takes_two_clicks(db, browse_as, tenant):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    page = agent.get(f"/cases/{case_id}/").content.decode()
    assert page.index("Fits this case") < page.index("?preset=stopped-import") < page.index("?preset=charge")
    form = agent.get(f"/cases/{case_id}/?preset=stopped-import").context["form"]
    typed = {name: form[name].value() for name in ("scopes", "minutes", "reason", "preset")}
    assert "The import stopped and nobody knows why" in typed["reason"]
    made = AccessRequest.objects.get(pk=desk.id_in(desk.post(agent, f"/cases/{case_id}/requests/", **typed)))
    assert (made.preset, made.minutes, [row.scope for row in made.scopes.all()]) == (
        "stopped-import",
        30,
        ["imports.read"],
    )
    short = desk.post(agent, f"/cases/{case_id}/requests/", preset="sign-in", reason=desk.REASON)
    assert AccessRequest.objects.get(pk=desk.id_in(short)).minutes == 30
    assert desk.ask(agent, case_id, preset="made-up").status_code == 422


def test_the_page_says_what_was_really_used_the_last_time(db, browse_as, tenant, other_tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(
        agent, lead, tenant, scopes=["imports.read", "sync.rerun"], minutes="120", preset="sync-again"
    )
    assert agent.get(f"/tenants/{tenant.slug}/panels/import_detail/").status_code == 200
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    page = agent.get(f"/cases/{desk.open_case(agent, other_tenant, 'HD-2')}/").content.decode()
    assert "Last time: asked 2 things for 2 h, used 1 for 1 min." in page


def test_the_narrowest_that_fits_is_first():
    from accounts.roles import parse_roles

    known = parse_roles(Bundle.from_directory(DEMO), Problems()).scopes
    rules = parsed(ACCESS)[0]
    order = offered(rules.presets, "The sync of the file failed", known, {"sensitive", "corrective"})
    assert [preset.key for preset in order][:2] == ["stopped-import", "sync-again"]
    assert "sync-again" not in [preset.key for preset in offered(rules.presets, "sync", known, {"sensitive"})]


@pytest.mark.parametrize("off", ["false", "no", "0", ""])
def test_until_the_end_of_my_shift_is_never_taken_from_a_word_that_means_no(db, browse_as, tenant, off):
    agent = browse_as("agent")
    request = desk.asked(agent, tenant, until_shift=off, shift_ends="00:01", minutes="7")
    assert request.minutes == 7


def test_until_the_end_of_my_shift_is_capped_by_the_longest_window(db, browse_as, tenant):
    from zoneinfo import ZoneInfo

    agent = browse_as("agent")
    end = (database_now() + timedelta(minutes=20)).astimezone(ZoneInfo("Europe/Berlin"))
    request = desk.asked(agent, tenant, until_shift="yes", shift_ends=f"{end:%H:%M}", minutes="")
    assert 18 <= request.minutes <= 20
    late = (database_now() + timedelta(hours=9)).astimezone(ZoneInfo("Europe/Berlin"))
    typed = {"until_shift": "yes", "shift_ends": f"{late:%H:%M}", "scopes": ["people.read"]}
    assert desk.asked(agent, tenant, "HD-2", **typed).minutes == 240
    assert f'value="{late:%H:%M}"' in agent.get(f"/cases/{request.case_id}/").content.decode()
    case_id = desk.open_case(agent, tenant, "HD-3")
    for wrong in ("maybe", "25:00", ""):
        answer = desk.ask(agent, case_id, until_shift="yes", shift_ends=wrong, scopes=["settings.read"])
        assert answer.status_code == 422, wrong


def test_hours_are_kept_when_asking_when_approving_and_when_using(db, browse_as, people, tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    now = database_now()
    closed = (
        ACCESS
        + f'\n[hours.later]\nfrom = "{now + timedelta(hours=2):%H:%M}"\nto = "{now + timedelta(hours=3):%H:%M}"\nzone = "UTC"\n'
    )
    limited = '\n[scope."imports.read"]\nhours = "{}"\n'
    case_id = desk.open_case(agent, tenant)
    waiting = AccessRequest.objects.get(pk=desk.id_in(desk.ask(agent, case_id)))
    put_in_force(access=closed + limited.format("later"))
    refused = desk.ask(agent, desk.open_case(agent, tenant, "HD-2"))
    assert refused.status_code == 422
    assert "They open next at" in refused.content.decode()
    assert desk.approve(lead, waiting).status_code == 409
    soon = now + timedelta(minutes=10)
    open_now = closed.replace(
        "[hours.later]",
        f'[hours.now]\nfrom = "{now - timedelta(hours=1):%H:%M}"\nto = "{soon:%H:%M}"\nzone = "UTC"\n[hours.later]',
    )
    put_in_force(access=open_now + limited.format("now"))
    assert desk.approve(lead, waiting).status_code == 302
    grant = Grant.objects.get()
    assert grant.expires_at == soon.replace(second=0, microsecond=0)
    assert people("agent").has_perm("tenants.imports.read", tenant)
    put_in_force(access=closed + limited.format("later"))
    assert not people("agent").has_perm("tenants.imports.read", tenant)


def test_three_people_stand_on_a_request_and_nobody_decides_for_themselves(db, browse_as, people, tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    request = desk.asked(
        agent, tenant, for_person="agent2", owner="approver2", approver="agent", decider="agent"
    )
    assert (request.requester.username, request.person.username, request.owner.username) == (
        "agent",
        "agent2",
        "approver2",
    )
    for who in ("agent", "agent2"):
        assert desk.approve(browse_as(who), request).status_code == 403
    assert desk.approve(lead, request, decider=people("agent2").pk, approver="agent2").status_code == 302
    assert request.approvals.get().decider == people("approver")
    page = lead.get(f"/requests/{request.pk}/").content.decode()
    assert "asked for it, " in page
    assert people("agent2").has_perm("tenants.imports.read", tenant)
    assert not people("agent").has_perm("tenants.imports.read", tenant)
    alone = desk.asked(agent, tenant, "HD-2", scopes=["people.read"])
    assert "one person fills both" in lead.get(f"/requests/{alone.pk}/").content.decode()
    assert desk.ask(agent, alone.case_id, owner="success", scopes=["settings.read"]).status_code == 422
    for_lead = desk.asked(agent, tenant, "HD-3", scopes=["people.read"], for_person="approver")
    assert desk.approve(lead, for_lead).status_code == 403


def test_a_reason_names_what_failed_and_the_example_would_pass(db, browse_as, tenant):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant, issue="Two invoices arrived at the wrong address.")
    empty = desk.ask(agent, case_id, reason="I want to have a good look around in the account today")
    said = empty.content.decode()
    assert empty.status_code == 422
    assert "Name what failed" in said
    example = said.split("For example: “")[1].split("”")[0]
    assert "Two invoices arrived at the wrong address" in example
    assert "see which value of a file stopped an import" in example
    assert desk.ask(agent, case_id, reason=example).status_code == 302
    own_words = "I compare the invoices of March and April as they were sent out"
    assert desk.ask(agent, case_id, scopes=["people.read"], reason=own_words).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('zone = "Europe/Berlin"', 'zone = "Europe/Nowhere"', "Europe/Nowhere"),
        ('zone = "Europe/Berlin"', "", "zone is missing"),
        ('from = "08:00"', 'from = "8"', "time of day"),
        ('from = "08:00"', 'from = "24:00"', "time of day"),
        ('from = "08:00"', "from = 08:00:00", "hours.desk.from"),
        ('to = "18:00"', 'to = "08:00"', "the same as from"),
        ('days = ["mon"', 'days = ["monday"', "write mon"),
        ("holidays = [2026-12-24", 'holidays = ["2026-12-24"', "without quotes"),
        ('[scope."setting.restore"]', '[scope."settings.restore"]', "no scope of roles.toml"),
        ('hours = "outside_the_night_run"', 'hours = "night"', "names night"),
        ('scopes = ["imports.read"]', 'scopes = ["imports.red"]', "write imports.read"),
        ('key = "sync-again"', 'key = "stopped-import"', "used twice"),
        ('scopes = ["imports.read", "sync.rerun"]\nminutes = 30', 'scopes = ["sync.rerun"]\nminutes = 500', "more than the scopes"),
        ("names_what_failed = true", 'names_what_failed = "false"', "without quotes"),
        ("[break_glass]\nroles", "[break_glass]\nrole", "is not known"),
        ('consequences = ["view", "sensitive"]', 'consequences = ["all"]', "names all"),
        ("minutes = 15\nmost_per_week", "minutes = 90\nmost_per_week", "from 1 to 60"),
        ('roles = ["support", "support_lead"]\nconsequences', 'roles = ["compliance"]\nconsequences', "who may not ask"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_new_tables_is_told_with_its_line(old, new, says):
    assert old in ACCESS, old
    _, mistakes = parsed(ACCESS.replace(old, new, 1))
    assert any(says in mistake for mistake in mistakes), mistakes
    assert all(mistake.startswith("access.toml:") for mistake in mistakes)

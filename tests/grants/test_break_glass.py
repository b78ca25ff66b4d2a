"""The emergency start: instant, short, loud, read-only, and a debt that only a second person settles."""

import psycopg
import pytest

from audit.models import Event
from grants import actions
from grants.delivery import deliver_outbox
from grants.models import AccessRequest, BreakGlass, Case, Grant, Notice
from opsconsole.lib.errors import Refused
from tests.grants import desk
from tests.grants.test_races import at_once

WHY = "Payroll stopped for 400 people and nobody who decides answers; I must see which value stopped the import."


def smash(client, case_id, **fields):
    return desk.post(
        client, f"/cases/{case_id}/break-glass/", **({"scopes": ["imports.read"], "reason": WHY} | fields)
    )


def review(client, glass, **fields):
    typed = {
        "verdict": "needed",
        "comment": "I read every step; the import was the only thing looked at.",
    } | fields
    return desk.post(client, f"/reviews/break-glass/{glass.pk}/", **typed)


def test_it_is_instant_short_loud_and_named_in_the_log(db, browse_as, people, tenant, events):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    answer = smash(agent, case_id)
    assert answer.status_code == 302
    grant = Grant.objects.get()
    assert (grant.expires_at - grant.starts_at).total_seconds() == 15 * 60
    assert people("agent").has_perm("tenants.imports.read", tenant)
    assert not people("agent").has_perm("tenants.people.read", tenant)
    assert agent.get(f"/tenants/{tenant.slug}/panels/import_detail/").status_code == 200
    used = Event.objects.filter(grant_id=grant.pk).values_list("type", "authority")
    assert set(used) == {("glass.broken", "break-glass"), ("panel.opened", "break-glass")}
    assert "See which value of a file stopped an import" in events("glass.broken")[0].sentence
    deliver_outbox()
    told = set(Notice.objects.values_list("person__username", flat=True))
    assert {"approver", "approver2", "compliance"} <= told
    assert "Nobody approved it" in browse_as("approver").get(f"/grants/{grant.pk}/").content.decode()
    assert desk.post(agent, f"/grants/{grant.pk}/extend/", minutes="5", reason=desk.REASON).status_code == 409
    assert desk.post(agent, f"/grants/{grant.pk}/hand-over/", person="agent2", comment="").status_code == 409


def test_the_debt_is_settled_only_by_a_second_person_with_a_word(
    db, browse_as, people, tenant, other_tenant, events
):
    agent, reviewer = browse_as("agent"), browse_as("compliance")
    smash(agent, desk.open_case(agent, tenant))
    glass = BreakGlass.objects.get()
    elsewhere = desk.open_case(agent, other_tenant, "HD-2")
    again = smash(agent, elsewhere)
    assert again.status_code == 409
    assert "not been reviewed" in again.content.decode()
    json = agent.post(
        f"/cases/{elsewhere}/break-glass/",
        {"scopes": ["imports.read"], "reason": WHY},
        headers={"Accept": "application/json"},
    )
    assert (json.status_code, json.json()["state"]) == (409, "review owed")
    assert "not been reviewed yet" in agent.get(f"/cases/{elsewhere}/").content.decode()
    page = reviewer.get("/reviews/").content.decode()
    assert f"/reviews/break-glass/{glass.pk}/" in page
    assert "Payroll stopped" in reviewer.get(f"/reviews/break-glass/{glass.pk}/").content.decode()
    assert review(agent, glass).status_code == 403
    assert review(browse_as("approver"), glass).status_code == 403
    with pytest.raises(Refused, match="second person"):
        actions.review_glass(actor=people("agent"), glass_id=glass.pk, verdict="needed", comment="Mine.")
    assert review(reviewer, glass, comment="  ").status_code == 422
    assert review(reviewer, glass, verdict="").status_code == 422
    assert smash(agent, elsewhere).status_code == 409
    assert review(reviewer, glass).status_code == 302
    assert review(reviewer, glass).status_code == 409
    assert events("glass.reviewed")[0].sentence.endswith(": it was needed")
    assert smash(agent, elsewhere).status_code == 302


def test_what_is_taken_stays_within_the_policy(db, browse_as, people, tenant):
    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    for fields, says in [
        ({"scopes": ["sync.rerun"]}, "only part of this"),
        ({"scopes": ["imports.read", "session.view"]}, "only part of this"),
        ({"scopes": ["made.up"]}, "made.up"),
        ({"scopes": []}, "Choose at least one"),
        ({"scopes": ["account.read"]}, "at all times"),
        ({"reason": "urgent"}, "For example"),
        ({"reason": "I would like to look at everything there is in this account"}, "Name what failed"),
        ({"reason": " "}, "Say why"),
    ]:
        answer = smash(agent, case_id, **fields)
        assert answer.status_code == 422, fields
        assert says in answer.content.decode(), fields
    finance = browse_as("finance")
    assert smash(finance, desk.open_case(finance, tenant, "HD-9")).status_code == 403
    assert smash(browse_as("agent2"), case_id).status_code == 404
    assert smash(browse_as("success"), case_id).status_code == 403
    assert "Start now" in agent.get(f"/cases/{case_id}/break-glass/").content.decode()
    assert finance.get(f"/cases/{Case.objects.get(ticket='HD-9').pk}/break-glass/").status_code == 403
    assert not Grant.objects.exists()


def test_a_week_has_only_so_many_even_when_each_was_reviewed(db, browse_as, tenant):
    agent, reviewer = browse_as("agent"), browse_as("compliance")
    for number in range(3):
        case_id = desk.open_case(agent, tenant, f"HD-{number}")
        assert smash(agent, case_id).status_code == 302
        desk.post(agent, f"/grants/{Grant.objects.get(case=case_id).pk}/revoke/")
        review(reviewer, BreakGlass.objects.get(reviewed_at__isnull=True))
    answer = smash(agent, desk.open_case(agent, tenant, "HD-3"))
    assert answer.status_code == 409
    assert "3 times" in answer.content.decode()


def test_two_at_once_on_two_cases_start_one(committed, browse_as, tenant, other_tenant):
    agent = browse_as("agent")
    cases = [desk.open_case(agent, tenant), desk.open_case(agent, other_tenant, "HD-2")]
    codes = at_once(*[lambda case=case: smash(agent, case) for case in cases * 2])
    assert sorted(codes) == [302, 409, 409, 409]
    assert Grant.objects.count() == BreakGlass.objects.count() == 1


def test_a_policy_that_takes_it_away_closes_what_is_open(db, browse_as, people, tenant):
    from tests.tenants.policies import DEMO, put_in_force

    agent = browse_as("agent")
    smash(agent, desk.open_case(agent, tenant))
    assert people("agent").has_perm("tenants.imports.read", tenant)
    text = (DEMO / "access.toml").read_text()
    put_in_force(access=text.replace('roles = ["support", "support_lead"]', 'roles = ["support_lead"]'))
    assert not people("agent").has_perm("tenants.imports.read", tenant)


def test_postgresql_holds_the_debt_whoever_asks(committed, browse_as, people, tenant, as_owner):
    agent = browse_as("agent")
    smash(agent, desk.open_case(agent, tenant))
    glass, grant = BreakGlass.objects.get(), Grant.objects.get()
    mine = f"WHERE id = '{glass.pk}'"
    reviewed = "verdict = 'needed', word = 'Fine.', reviewed_at = clock_timestamp()"
    copy = """INSERT INTO grants_breakglass (id, request_id, person_id, skipped, broken_at, verdict, word)
               SELECT gen_random_uuid(), request_id, person_id, 0, clock_timestamp(), '', '' FROM grants_breakglass"""
    second = f"""INSERT INTO grants_grant (id, case_id, request_id, tenant_id, person_id, digest, status, starts_at, counts_from,
        expires_at, end_cause, handed_over_from_id) SELECT gen_random_uuid(), case_id, request_id, tenant_id, '{people("agent2").pk}',
        digest, 'live', clock_timestamp(), clock_timestamp(), expires_at, '', id FROM grants_grant"""
    for statement, says in [
        (f"UPDATE grants_breakglass SET reviewer_id = person_id, {reviewed} {mine}", "somebody_else"),
        (f"UPDATE grants_breakglass SET {reviewed} {mine}", "grants_glass_review"),
        (f"UPDATE grants_breakglass SET person_id = '{people('agent2').pk}' {mine}", "only its review"),
        (f"UPDATE grants_breakglass SET broken_at = now() - interval '9 days' {mine}", "only its review"),
        (f"DELETE FROM grants_breakglass {mine}", "never removed"),
        ("TRUNCATE grants_breakglass CASCADE", "."),
        (copy, "grants_(glass_one_debt|breakglass_request)"),
        (second, "not handed over"),
    ]:
        with pytest.raises(psycopg.Error, match=says):
            as_owner(statement)
    assert Grant.objects.get().pk == grant.pk


def test_no_emergency_grant_begins_without_its_debt(db, browse_as, people, tenant, monkeypatch):
    """The row of the debt is what lets PostgreSQL begin a grant that nobody approved."""
    from django.db import DatabaseError

    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    monkeypatch.setattr(BreakGlass, "save", lambda *_args, **_kwargs: None)
    with pytest.raises(DatabaseError, match="owes a review"):
        actions.break_glass(actor=people("agent"), case_id=case_id, scopes=["imports.read"], reason=WHY)
    assert not AccessRequest.objects.filter(kind="break_glass").exists()

"""Unusual use: each rule of the policy finds what it says in the sealed log, once, and a named reviewer closes it with a sentence."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit.actions import record, seal_all
from audit.refs import SYSTEM
from grants.consent.actions.modes import set_mode
from grants.models import FlagWord, Grant, UnusualFlag
from grants.unusual import actions
from grants.unusual.looking import look_at_rows
from grants.unusual.rules import TITLES, UnusualRules, parse_unusual
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.clock import database_now
from tests.grants import desk

RULES = """
[rule.reveals]
times = 3
minutes = 60
[rule.tenants]
times = 2
minutes = 60
[rule.vip]
tenants = ["{slug}"]
consent = ["never"]
[rule.refused]
times = 3
minutes = 10
[rule.note]
minutes = 1
[rule.hours]
from = "00:00"
until = "00:01"
zone = "UTC"
[rule.outside]
"""


def rules(text):
    return parse_unusual(Bundle({"unusual.toml": text}), Problems())


@pytest.fixture
def in_force(monkeypatch, tenant):
    """Put rules in force without the ceremony of a policy."""

    def put(text=RULES):
        found = rules(text.format(slug=tenant.slug))
        monkeypatch.setattr(actions, "unusual_rules_in_force", lambda: found)

    return put


def flagged():
    """Seal what is there, hold it against the rules, and return how many flags each rule has."""
    seal_all()
    while actions.flag_unusual_use():
        pass
    actions.flag_what_the_rows_say()
    return {rule: UnusualFlag.objects.filter(rule=rule).count() for rule in TITLES}


def did(person, kind, tenant=None, **more):
    with transaction.atomic():
        record(kind, actor=person.as_actor(), tenant=tenant.as_ref() if tenant else None, **more)


def test_each_rule_finds_its_use_once_and_a_reviewer_closes_it(
    committed, in_force, people, browse_as, tenant, other_tenant, events
):
    agent, other = people("agent"), people("agent2")
    flagged()

    in_force()
    for _ in range(3):
        did(agent, "field.revealed", other_tenant, authority="grant", panel="Billing")
    did(other, "panel.opened", tenant, panel="Billing")
    did(other, "panel.opened", other_tenant, panel="Billing")
    for _ in range(3):
        did(other, "request.refused", outcome="refused", outcome_code="missing_power")
    found = flagged()
    assert {rule: number for rule, number in found.items() if number} == {
        "reveals": 1, "tenants": 1, "vip": 1, "refused": 1, "hours": 2,
    }  # fmt: skip
    assert flagged() == found, "nothing is found twice"
    flag = UnusualFlag.objects.get(rule="reveals")
    assert (flag.person, flag.events.count()) == (agent, 3)
    assert flag.words == "3 values shown within 60 minutes; the rule begins at 3."
    compliance = browse_as("compliance")
    page = compliance.get("/reviews/").content.decode()
    assert f"/reviews/flags/{flag.pk}/dismiss/" in page
    assert flag.words in page
    path = f"/reviews/flags/{flag.pk}"
    assert desk.post(compliance, f"{path}/dismiss/", comment=" ").status_code == 422
    assert desk.post(compliance, f"{path}/escalate/", comment="Nobody knows why.").status_code == 302
    assert "Handed on by Compliance reviewer" in compliance.get("/reviews/").content.decode()
    assert desk.post(compliance, f"{path}/escalate/", comment="Again.").status_code == 409
    assert desk.post(compliance, f"{path}/dismiss/", comment="The customer asked.").status_code == 302
    assert desk.post(compliance, f"{path}/dismiss/", comment="The customer asked.").status_code == 409
    assert f"{path}/dismiss/" not in compliance.get("/reviews/").content.decode()
    assert events("flag.dismissed")[0].sentence == (
        "Compliance reviewer dismissed a flag of “Repeated reveals” on the use of Agent: The customer asked."
    )
    vip = UnusualFlag.objects.get(rule="vip")
    assert vip.words.startswith(
        "1 look at a customer who is named by the policy or takes part as “Never agrees”; "
    )
    set_mode(
        actor=people("admin"), tenant=other_tenant, mode="never", reason="Their contract of May says so."
    )
    did(other, "panel.opened", other_tenant, panel="Billing")
    assert flagged()["vip"] == 2, "an administrator's word on how they take part counts as well"
    with pytest.raises(IntegrityError, match="about them"), transaction.atomic():
        FlagWord.objects.create(
            flag=vip, word="dismissed", comment="Mine.", reviewer=vip.person, at=database_now()
        )
    with pytest.raises(DatabaseError, match="grants_unusualflag"), transaction.atomic():
        UnusualFlag.objects.filter(pk=flag.pk).update(words="Nothing.")


def test_a_rule_may_end_access_and_access_without_a_note_is_found(
    committed, in_force, people, browse_as, tenant, events, as_owner
):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    assert agent.get(f"/tenants/{tenant.slug}/panels/import_detail/?ticket=HD-48192").status_code == 200
    in_force('[rule.reveals]\ntimes = 2\nminutes = 5\nthen = "end_access"\n')
    for _ in range(2):
        did(people("agent"), "field.revealed", tenant, authority="role", panel="Billing")
    flagged()
    ended = Grant.objects.get(pk=grant.pk)
    assert (ended.end_cause, ended.ended_by) == ("revoked", None)
    assert events("grant.ended")[-1].fields["comment"] == "The rule “Repeated reveals” of the policy ends it."
    assert events("use.flagged")[-1].sentence.endswith("Ended by it: 1 live access.")
    assert list(look_at_rows(UnusualRules(note=60))) == [], "there is time for a note still"
    past = "starts_at = starts_at - interval '2 h', counts_from = counts_from - interval '2 h', expires_at = expires_at - interval '2 h'"
    as_owner(
        f"ALTER TABLE grants_grant DISABLE TRIGGER USER; UPDATE grants_grant SET {past}, ended_at = ended_at - interval '2 h';"
    )
    (found,) = look_at_rows(UnusualRules(note=60))
    assert (found.key, found.person_id) == (str(grant.pk), people("agent").pk)
    assert desk.post(agent, f"/cases/{grant.case_id}/notes/", note="Row 431 had a comma.").status_code == 302
    assert list(look_at_rows(UnusualRules(note=60))) == []


def test_roles_that_the_log_knows_nothing_of_are_found(committed, people, as_owner):
    outside = UnusualRules(outside=True)
    assert list(look_at_rows(outside)) == []
    agent, other = people("agent"), people("agent2")
    as_owner("ALTER TABLE accounts_rolemembership DISABLE TRIGGER USER")
    as_owner(
        f"""INSERT INTO accounts_rolemembership (id, person_id, role, since)
                VALUES (gen_random_uuid(), '{agent.pk}', 'compliance', now());
            DELETE FROM accounts_rolemembership WHERE person_id = '{other.pk}'"""
    )
    found = {one.person_id: one.words for one in look_at_rows(outside)}
    assert found == {
        agent.pk: "The role compliance is held, and the log knows nobody who gave it.",
        other.pk: "The role support is gone, and the log knows nobody who took it.",
    }
    with transaction.atomic():
        record("person.roles_changed", actor=SYSTEM, obj=agent.as_ref(), given=["compliance"])
    assert [one.person_id for one in look_at_rows(outside)] == [other.pk]


def test_every_mistake_of_the_file_is_told_at_once():
    problems = Problems()
    text = (
        '[rule.reveals]\ntimes = 1\n[rule.hours]\nfrom = "7"\nuntil = "20:00"\nzone = "Mars"\ndays = ["mo"]\n'
        '[rule.note]\nminutes = "60"\nthen = "block"\n[rule.vips]\n'
    )
    parse_unusual(Bundle({"unusual.toml": text}), problems)
    told = [str(problem) for problem in problems.found]
    assert len(told) == 8, told
    assert "unusual.toml:11: rule.vips is not known; write vip" in told

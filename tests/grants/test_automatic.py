"""What the policy approves by itself, and what it never does."""

import psycopg
import pytest
from django.db import connection

from grants.models import AccessRequest, Approval, Grant
from tests import engines
from tests.grants import desk
from tests.grants.test_races import at_once
from tests.tenants.policies import DEMO, put_in_force

ACCESS = (DEMO / "access.toml").read_text()
RULE = """
[[auto_approve]]
key = "agents-look-at-imports"
roles = ["support"]
scopes = ["imports.read", "people.read"]
minutes = 20
most_per_day = 2
"""


@pytest.fixture
def rule(db):
    put_in_force(access=ACCESS + RULE)


def ask(client, tenant, ticket="HD-1", **fields):
    return desk.asked(client, tenant, ticket, **({"scopes": ["imports.read"], "minutes": "20"} | fields))


def test_a_rule_approves_what_it_covers_and_says_so(rule, browse_as, people, tenant, events):
    agent = browse_as("agent")
    request = ask(agent, tenant)
    approval, grant = Approval.objects.get(), Grant.objects.get()
    assert (request.status, approval.rule, approval.decider) == ("approved", "agents-look-at-imports", None)
    assert (approval.digest, approval.rule_number, approval.rule_most) == (request.digest, 1, 2)
    assert people("agent").has_perm("tenants.imports.read", tenant)
    event = events("request.approved_by_policy")[0]
    assert (event.actor_kind, event.actor_label, event.grant_id) == ("system", "The policy", grant.pk)
    assert "by its rule “agents-look-at-imports”, 1 of 2 that day" in event.sentence
    for path in (f"/requests/{request.pk}/", f"/grants/{grant.pk}/"):
        assert "The policy, by its rule “agents-look-at-imports”" in agent.get(path).content.decode()
    assert desk.approve(browse_as("approver"), request).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": "21"},
        {"scopes": ["imports.read", "settings.read"]},
        {"scopes": ["imports.read", "session.view"]},
        {"scopes": ["sync.rerun"]},
        {"for_person": "agent2"},
    ],
)
def test_what_goes_beyond_the_rule_waits_for_people(rule, browse_as, tenant, fields):
    assert ask(browse_as("agent"), tenant, **fields).status == "pending"
    assert not Approval.objects.exists()


def test_nobody_gets_it_for_somebody_else_and_no_other_role_does(rule, browse_as, tenant):
    """The beneficiary's trick: a lead whose role has no rule asks for an agent whose role has one, and the other way round."""
    lead = browse_as("approver")
    assert ask(lead, tenant, for_person="agent").status == "pending"
    assert ask(lead, tenant, "HD-2").status == "pending"
    assert ask(browse_as("agent"), tenant, "HD-3", for_person="approver").status == "pending"
    assert not Grant.objects.exists()


def test_the_day_has_an_end_to_it(rule, browse_as, tenant, other_tenant):
    agent = browse_as("agent")
    states = [
        ask(agent, where, f"HD-{number}", scopes=[scope]).status
        for number, (where, scope) in enumerate(
            [(tenant, "imports.read"), (tenant, "people.read"), (other_tenant, "imports.read")]
        )
    ]
    assert states == ["approved", "approved", "pending"]
    assert ask(browse_as("agent2"), tenant, "HD-9").status == "approved"


def test_an_extension_and_an_answer_are_decided_by_people(rule, browse_as, tenant):
    agent = browse_as("agent")
    grant = ask(agent, tenant).grants.get()
    more = desk.post(
        agent, f"/grants/{grant.pk}/extend/", minutes="5", reason="A second file stops at row 12, too."
    )
    assert AccessRequest.objects.get(pk=desk.id_in(more)).status == "pending"


def test_the_cap_holds_when_many_ask_at_once(committed, browse_as, tenant, other_tenant):
    put_in_force(access=ACCESS + RULE)
    agent = browse_as("agent")
    cases = [
        (desk.open_case(agent, where, f"HD-{number}"), scope)
        for number, (where, scope) in enumerate(
            (where, scope) for where in (tenant, other_tenant) for scope in ("imports.read", "people.read")
        )
    ]
    codes = at_once(*[lambda c=c, s=s: desk.ask(agent, c, scopes=[s], minutes="20") for c, s in cases])
    assert codes == [302] * 4
    assert (
        sorted(AccessRequest.objects.values_list("status", flat=True)) == ["approved"] * 2 + ["pending"] * 2
    )
    assert sorted(Approval.objects.values_list("rule_number", flat=True)) == [1, 2]


def test_postgresql_refuses_a_rule_that_decides_too_much(committed, browse_as, people, tenant):
    agent = browse_as("agent")
    plain = desk.asked(agent, tenant)
    risky = desk.asked(agent, tenant, "HD-2", scopes=["session.view"], minutes="15")
    other = desk.asked(agent, tenant, "HD-3", for_person="agent2")

    def said(request, *, rule="own", number=1, most=1, decider="NULL"):
        values = f"""gen_random_uuid(), '{request.pk}', '{request.requester_id}', '{request.person_id}', {decider}, 'approve',
            '{request.digest}', 1, 10, 1, '', '{request.policy_version}', clock_timestamp(), '{rule}', current_date, {number}, {most}"""
        try:
            with psycopg.connect(engines.urls(connection.settings_dict["NAME"]).app) as app:
                app.execute(
                    "INSERT INTO grants_approval (id, request_id, requester_id, person_id, decider_id, decision, digest, round, minutes,"
                    f" scope_count, comment, policy_version, decided_at, rule, rule_day, rule_number, rule_most) VALUES ({values})"
                )
                app.rollback()
        except psycopg.Error as error:
            return str(error)
        return ""

    assert said(plain) == ""
    assert "never decides this" in said(risky)
    assert "never decides this" in said(other)
    assert "by_somebody" in said(plain, number=2)
    assert "by_somebody" in said(plain, most=101, number=101)
    assert "by_somebody" in said(plain, rule="")
    assert "by_somebody" in said(plain, decider=f"'{people('approver').pk}'")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"imports.read", "people.read"', '"session.view"', "high risk"),
        ("minutes = 20", 'minutes = "20"', "'20'"),
        ("minutes = 20", "minutes = 0", "is 0"),
        ("most_per_day = 2", "most_per_day = true", "is True"),
        ("most_per_day = 2", "", "most_per_day is missing"),
        ('["support"]', '["suport"]', "write support"),
        ('"imports.read"', '"import.read"', "write imports.read"),
        ("agents-look-at-imports", "finance-looks-at-a-charge", "used twice"),
        ("minutes = 20", 'minutes = 20\nhours = "nights"', "names nights"),
        ("minutes = 20", "minutes = 20\nunless = 1", "is not known"),
    ],
)
def test_a_rule_with_a_mistake_approves_nothing(old, new, says):
    from grants.access_rules import parse_access
    from opsconsole.lib.bundle import Bundle, Problems

    problems, files = Problems(), Bundle.from_directory(DEMO).files
    assert old in RULE
    rules = parse_access(Bundle({**files, "access.toml": ACCESS + RULE.replace(old, new, 1)}), problems)
    assert any(says in str(problem) for problem in problems.found), problems.found
    assert "agents-look-at-imports" not in {rule.key for rule in rules.automatic}

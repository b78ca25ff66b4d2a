"""The role matrix and the rule on one page are made from the bundle; the loader refuses what nobody could undo."""

import re
from itertools import pairwise

import pytest

from accounts import actions
from accounts.roles import parse_roles
from accounts.single_sign_on.rules import parse_single_sign_on
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.errors import Invalid
from tests.accounts.conftest import DEMO

ROLES = (DEMO / "roles.toml").read_text(encoding="utf-8")
PRODUCTION = (DEMO.parent.parent / "policy" / "roles.toml").read_text(encoding="utf-8")


def pairs_of(text):
    return re.findall(r'\["(\w+)", "(\w+)"\],', text[text.index("[separation]") :])


PAIRS = pairs_of(ROLES)


def problems_of(text):
    found = Problems()
    parse_roles(Bundle({"roles.toml": text}), found)
    return " ".join(str(problem) for problem in found.found)


def test_the_demo_keeps_six_pairs_apart_and_production_seven():
    assert (len(PAIRS), len(pairs_of(PRODUCTION))) == (6, 7)
    assert problems_of(ROLES) == problems_of(PRODUCTION) == ""


@pytest.mark.parametrize("text", [ROLES, PRODUCTION], ids=["demo", "production"])
def test_no_role_holds_both_of_a_forbidden_pair(text):
    for one, other in pairs_of(text):
        both = f'[role.both]\ntitle = "Both"\nmay = ["{one}", "{other}"]\n'
        assert f"holds both {one} and {other}" in problems_of(f"{both}{text}")


def test_no_group_of_the_provider_gives_both_of_a_forbidden_pair():
    """Each pair in the roles that hold its halves, by way of a group."""
    known = parse_roles(Bundle({"roles.toml": ROLES}), Problems()).roles.values()
    for one, other in PAIRS:
        first, second = (next(role.key for role in known if power in role.may) for power in (one, other))
        text = ROLES.replace('"console-support" = ["support"]', f'"both" = ["{first}", "{second}"]')
        found = Problems()
        rules = parse_single_sign_on(Bundle({"roles.toml": text}), found)
        assert "which the policy keeps apart" in str(found.found[0])
        assert rules.roles_of(["both"]) == frozenset()


@pytest.mark.django_db
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_person_holds_both_of_a_forbidden_pair_through_two_roles(one, other, people):
    from accounts.queries import roles_in_force

    known = roles_in_force().roles.values()
    first, second = (next(role.key for role in known if power in role.may) for power in (one, other))
    with pytest.raises(Invalid, match="in two hands"):
        actions.set_roles(actor=people("admin"), person=people("outsider"), roles=[first, second])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ROLES.replace('may = ["see", "ask", "decide"]', 'may = ["see", "ask"]'), "no role may decide"),
        (
            ROLES.replace('["manage_people", "propose_policy"]', '["propose_policy"]'),
            "no role may manage people",
        ),
        (
            ROLES.replace('"corrective", "high_risk"]\n\n[role.success]', '"corrective"]\n\n[role.success]'),
            "no role decides on it",
        ),
        (ROLES.replace("decides = [", 'decides_for = "friends"\ndecides = ['), "decides_for is 'friends'"),
    ],
)
def test_a_file_after_which_nobody_could_decide_or_undo_it_is_refused(text, says):
    assert text != ROLES
    assert says in problems_of(text)


@pytest.mark.django_db
def test_the_matrix_says_what_the_bundle_says_on_the_page_and_as_csv(browse_as):
    browser = browse_as("compliance")
    page = " ".join(re.sub(r"<[^>]+>", " ", browser.get("/policy/matrix/").content.decode()).split())
    assert "1 approval, up to" in page
    assert "approve, narrow or deny requests, and change people and their roles" in page
    assert "[role.support]" in browser.get("/policy/matrix/?as=text").content.decode()
    answer = browser.get("/policy/matrix.csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    held = next(row for row in rows if '"billing.read"' in row)
    assert [cell.strip('"') for cell in held.split('","')][3:6] == [
        "held (at all times)",
        "held (at all times)",
        "held (at all times)",
    ]
    assert any(row.startswith('"hidden field"') and "not seen" in row for row in rows)
    assert len({row.count('","') for row in rows}) == 1


@pytest.mark.django_db
def test_the_rule_on_one_page_answers_its_five_questions(browse_as):
    page = browse_as("agent").get("/policy/rule/").content.decode()
    asked = ["Who may ask", "Who approves", "How long", "may start", "What stays hidden", "When to escalate"]
    places = [page.index(words) for words in asked]
    assert all(one < other for one, other in pairwise(places))
    assert "One person of: Support lead" in page


@pytest.mark.django_db
def test_a_role_can_decide_only_where_its_member_holds_the_right(
    monkeypatch, people, browse_as, tenant, other_tenant
):
    from tests.grants import desk
    from tests.grants.policies import put_in_force
    from tests.people import rights

    put_in_force(monkeypatch, ("roles.toml", "decides = [", 'decides_for = "rights"\ndecides = ['))
    here, there = (
        desk.asked(browse_as("agent"), one, ticket)
        for one, ticket in ((tenant, "HD-48192"), (other_tenant, "HD-48193"))
    )
    rights.give(people("approver"), tenant, right="decide_tenant", owner="Head of support")
    answers = [desk.approve(browse_as("approver"), one).status_code for one in (here, there)]
    assert answers == [302, 404]
    assert browse_as("approver2").get(f"/requests/{here.pk}/").status_code == 404

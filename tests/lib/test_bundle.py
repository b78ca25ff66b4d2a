"""A policy bundle tells every mistake at once, with its file and line."""

from accounts.roles import parse_roles
from opsconsole.lib.bundle import Bundle, Problems

GOOD = """
[scope."billing.read"]
consequence = "view"
may = "See billing"

[role.support]
title = "Support"
tenants = "all"
may = ["see", "ask"]
scopes = ["billing.read"]

[role.lead]
title = "Lead"
may = ["decide", "activate_policy"]
decides = ["sensitive"]

[role.admin]
title = "Administrator"
may = ["manage_people", "propose_policy"]

[separation]
pairs = [["decide", "manage_people"]]
"""


def mistakes(text):
    problems = Problems()
    parse_roles(Bundle({"roles.toml": text}), problems)
    return [str(problem) for problem in sorted(problems.found)]


def test_a_good_file_has_no_mistakes():
    assert mistakes(GOOD) == []


def test_the_digest_changes_with_one_letter_and_not_with_the_order():
    one = Bundle({"a.toml": "x = 1", "b.toml": "y = 2"})
    assert one.digest == Bundle({"b.toml": "y = 2", "a.toml": "x = 1"}).digest
    assert one.digest != Bundle({"a.toml": "x = 1", "b.toml": "y = 3"}).digest


def test_every_mistake_is_told_at_once_with_its_line():
    bad = (
        GOOD.replace('"view"', '"viewing"')
        .replace('["see", "ask"]', '["sea", "ask"]')
        .replace('title = "Lead"', "titel = 1")
    )
    told = mistakes(bad)
    assert [line.split(":")[1] for line in told] == ["3", "9", "12", "13"]
    assert any("did you mean see" in line for line in told)
    assert any("unknown key titel; did you mean title?" in line for line in told)


def test_a_role_never_holds_more_than_view_scopes_at_all_times():
    told = mistakes(GOOD.replace('"view"', '"high_risk"'))
    assert any("holds billing.read at all times" in line for line in told)


def test_a_role_with_two_powers_kept_apart_does_not_load():
    told = mistakes(
        GOOD.replace('["manage_people", "propose_policy"]', '["manage_people", "propose_policy", "decide"]')
    )
    assert any("holds both decide and manage_people" in line for line in told)


def test_a_policy_under_which_nobody_could_decide_does_not_load():
    told = mistakes(
        GOOD.replace(
            'may = ["decide", "activate_policy"]\ndecides = ["sensitive"]', 'may = ["activate_policy"]'
        )
    )
    assert any("no role may decide" in line for line in told)


def test_broken_toml_is_one_sentence_with_its_line():
    (told,) = mistakes("[role.support\ntitle = 1")
    assert told.startswith("roles.toml:1: this is no valid TOML")

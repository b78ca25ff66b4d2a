import pytest

from grants.access_rules import parse_access
from opsconsole.lib.bundle import Bundle, Problems

GOOD = """
[case]
ticket_format = '^[A-Z]{2,6}-\\d{1,8}$'
ticket_example = "HD-48192"
[consequence.sensitive]
approvals = 1
default_minutes = 30
longest_minutes = 1440
pending_minutes = 480
[consequence.high_risk]
approvals = 2
default_minutes = 15
longest_minutes = 60
pending_minutes = 120
step_up = true
[reason]
shortest = 20
vague = ["need access"]
"""


def parse(text):
    problems = Problems()
    return parse_access(Bundle({"access.toml": text}), problems), [str(problem) for problem in problems.found]


def test_a_good_file_has_no_mistakes_and_24_hours_are_1440_minutes():
    rules, mistakes = parse(GOOD)
    assert mistakes == []
    assert rules.ceremonies["sensitive"].longest_minutes == 1440
    assert rules.ticket.fits("HD-1")
    assert not rules.ticket.fits("HD-1\n")
    assert not rules.ticket.fits("x HD-1")


def test_the_strictest_part_of_every_ceremony_counts():
    rules, _ = parse(GOOD)
    both = rules.ceremony_for(["sensitive", "high_risk"])
    assert (both.approvals, both.longest_minutes, both.default_minutes, both.pending_minutes) == (
        2,
        60,
        15,
        120,
    )
    assert both.step_up
    with pytest.raises(KeyError):
        rules.ceremony_for(["corrective"])
    with pytest.raises(KeyError):
        rules.ceremony_for([])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("step_up = true", 'step_up = "false"', "step_up is 'false'"),
        ("longest_minutes = 60", "longest_minutes = 0", "longest_minutes is 0"),
        ("longest_minutes = 60", "longest_minutes = -60", "longest_minutes is -60"),
        ("longest_minutes = 60", 'longest_minutes = "60"', "longest_minutes is '60'"),
        ("longest_minutes = 60", "longest_minutes = 60.5", "longest_minutes is 60.5"),
        ("longest_minutes = 1440", "longest_minutes = 10080", "longest_minutes is 10080"),
        ("longest_minutes = 60", "longest_minutes = true", "longest_minutes is True"),
        ("default_minutes = 15", "default_minutes = 90", "more than longest_minutes"),
        ("approvals = 2", "approvals = 0", "approvals is 0"),
        ("approvals = 2", "", "approvals is missing"),
        ("approvals = 2", "aprovals = 2", "write approvals"),
        ("[consequence.high_risk]", "[consequence.highrisk]", "write high_risk"),
        ('ticket_example = "HD-48192"', 'ticket_example = "48192"', "does not fit ticket_format"),
        ("'^[A-Z]{2,6}-\\d{1,8}$'", "'^[A-Z'", "no regular expression"),
        ('vague = ["need access"]', 'vague = "need access"', "vague is 'need access'"),
        ("shortest = 20", "shortest = 0", "shortest is 0"),
        ("[reason]", "[reasons]", "write reason"),
        (
            "[consequence.sensitive]\napprovals = 1",
            "[consequence]\nsensitive = 1\n[consequence.corrective]\napprovals = 1",
            "is 1",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_mend(old, new, says):
    assert old in GOOD
    _, mistakes = parse(GOOD.replace(old, new, 1))
    assert any(says in mistake for mistake in mistakes), mistakes
    assert all(mistake.startswith("access.toml:") for mistake in mistakes)


def test_every_mistake_is_told_at_once():
    text = GOOD.replace("approvals = 1", "approvals = 9").replace("shortest = 20", "")
    assert len(parse(text)[1]) == 2


def test_a_missing_or_broken_file_is_one_mistake_and_gives_no_ceremony():
    problems = Problems()
    assert parse_access(Bundle({}), problems).ceremonies == {}
    assert len(problems.found) == 1
    rules, mistakes = parse("[case")
    assert rules.ceremonies == {}
    assert len(mistakes) == 1

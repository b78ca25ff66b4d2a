"""`audit.toml`: what is right counts, what is wrong is told all at once, and nothing is needed."""

from pathlib import Path

import pytest

from audit.rules import AuditRules, EvidenceRules, PrivateRules, parse_audit
from opsconsole.lib.bundle import Bundle, Problems

ROOT = Path(__file__).resolve().parents[2]
WRONG = """[evidence]
keep_days = 0
most_events = "many"
shortest_reson = 5

[private]
sign_in_address = "yes"

[retention]
"""


def parsed(text):
    problems = Problems()
    return parse_audit(Bundle({"audit.toml": text}), problems), [
        str(problem) for problem in sorted(problems.found)
    ]


def test_what_stands_there_counts_and_the_rest_keeps_its_default():
    rules, told = parsed("[evidence]\nkeep_days = 3\n[private]\nsign_in_address = true\n")
    assert told == []
    assert rules == AuditRules(EvidenceRules(keep_days=3), PrivateRules(sign_in_address=True))
    assert parse_audit(Bundle({}), Problems()) == AuditRules()


def test_every_mistake_is_told_with_its_line_and_its_mend():
    rules, told = parsed(WRONG)
    assert rules == AuditRules()
    assert told == [
        "audit.toml:2: keep_days is 0; write a whole number from 1 to 3650",
        "audit.toml:3: most_events is 'many'; write a whole number from 1 to 100000",
        "audit.toml:4: unknown key shortest_reson; did you mean shortest_reason?",
        "audit.toml:7: sign_in_address is 'yes'; write true or false, without quotes",
        "audit.toml:9: unknown key retention; use one of evidence, private",
    ]


@pytest.mark.parametrize("directory", ["policy", "demo/policy"])
def test_the_shipped_policies_have_no_mistake_in_it(directory):
    problems = Problems()
    parse_audit(Bundle.from_directory(ROOT / directory), problems)
    assert problems.found == []

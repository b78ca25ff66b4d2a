"""`sessions.toml`: every mistake at once, with its line."""

from pathlib import Path

from impersonation.session_rules import NONE, check_sessions, parse_sessions
from opsconsole.lib.bundle import Bundle, Problems

WRONG = """
[session]
default_minutes = 90
longest_minutes = 30
idle_minutes = "ten"
view = "account.read"
act = "session.akt"
patience = 3

[subjects]
source = "produkt"
query = "select u.id as subject_id, u.name from users u"
"""


def bundle(text: str) -> Bundle:
    demo = Bundle.from_directory(Path("demo/policy"))
    return Bundle({**demo.files, "sessions.toml": text})


def test_every_mistake_is_told_at_once_with_its_line():
    problems = Problems()
    check_sessions(bundle(WRONG), problems)
    told = sorted(str(problem) for problem in set(problems.found))
    for line, words in (
        (3, "default_minutes is 90, more than longest_minutes"),
        (5, "idle_minutes is 'ten'"),
        (6, "view names account.read, which roles hold at all times"),
        (7, "act names session.akt, which is not known; write session.act"),
        (8, "patience is not known"),
        (11, "no source is called produkt"),
        (12, "the query never uses :tenant"),
        (12, "the query returns no superior"),
    ):
        assert any(one.startswith(f"sessions.toml:{line}: ") and words in one for one in told), (words, told)
    assert any("tenant_column is missing" in one for one in told)


def test_without_the_file_a_session_is_one_in_the_console():
    demo = Bundle.from_directory(Path("demo/policy"))
    found = parse_sessions(Bundle({k: v for k, v in demo.files.items() if k != "sessions.toml"}), Problems())
    assert found == NONE
    assert found.modes_of({"session.act"}) == ()
    rules = parse_sessions(demo, problems := Problems())
    assert not problems
    assert rules.modes_of({"session.act"}) == ("act", "view")
    assert rules.modes_of({"session.view"}) == ("view",)
    assert (rules.default_minutes, rules.longest_minutes, rules.idle_minutes) == (15, 30, 10)

"""`streams.toml`: every mistake at once, none in what is shipped."""

import pytest

from audit.streams.rules import parse_streams
from opsconsole.lib.bundle import Bundle, Problems
from tests.conftest import ROOT


def test_every_mistake_of_the_policy_is_told_at_once():
    text = """
[stream.one]
kind = "webhok"
[stream.two]
kind = "webhook"
url_env = "DATABASE_URL"
host = "https://siem.example/"
most_entries = 0
[stream.three]
kind = "file"
path_env = "STREAM_FILE"
colour = "red"
[stream.four]
kind = "file"
path_env = "STREAM_FILE"
[stream.five]
[late]
minutes = "5"
"""
    problems = Problems()
    rules = parse_streams(Bundle({"streams.toml": text}), problems)
    assert [stream.name for stream in rules.streams] == ["three"]
    assert [str(problem) for problem in sorted(problems.found)] == [
        "streams.toml:3: stream.one.kind names webhok, which is not known; write webhook",
        "streams.toml:4: stream.two.secret_env is missing; write a text such as 'STREAM_SIEM_SECRET'",
        "streams.toml:6: stream.two.url_env is 'DATABASE_URL'; name a variable of the environment such as STREAM_SIEM_URL",
        "streams.toml:7: stream.two.host is 'https://siem.example/'; write the host alone, such as siem.example",
        "streams.toml:8: stream.two.most_entries is 0; write a whole number from 1 to 1000, without quotes",
        "streams.toml:12: stream.three.colour is not known; use one of kind, most_entries, path_env",
        "streams.toml:15: stream.four.path_env is that of stream three too; give each stream a variable of its own",
        'streams.toml:16: stream.five.kind is missing; write kind = "file" or kind = "webhook"',
        "streams.toml:18: late.minutes is '5'; write a whole number from 1 to 1440, without quotes",
    ]


@pytest.mark.parametrize("directory", ["policy", "demo/policy"])
def test_the_shipped_policies_have_no_mistake_in_it(directory):
    problems = Problems()
    parse_streams(Bundle.from_directory(ROOT / directory), problems)
    assert problems.found == []

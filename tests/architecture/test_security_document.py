"""SECURITY.md names tests and screens; each of them exists."""

import re
from pathlib import Path

from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
CONTROLS = (
    *(
        "AC-2",
        "AC-3",
        "AC-5",
        "AC-6",
        "AC-11",
        "AC-12",
        "AU-2",
        "AU-3",
        "AU-6",
        "AU-9",
        "AU-10",
        "AU-12",
        "IA-2",
    ),
    *("CC6.1", "CC6.2", "CC6.3", "CC6.6", "CC6.7", "CC6.8"),
)


def test_every_test_that_the_threat_model_names_exists():
    named = NAMED.findall(TEXT)
    assert len(named) > 40
    missing = []
    for path, test in named:
        source = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""
        if not source or (test and f"def {test}(" not in source):
            missing.append(f"{path}::{test}")
    assert missing == []


def test_every_control_has_a_row_with_a_screen_and_a_test():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    for control in CONTROLS:
        row = next((row for row in rows if row.startswith(f"| {control} ")), "")
        assert NAMED.search(row), control
        assert row.count("|") == 5, control


def test_every_screen_that_is_named_can_be_opened():
    nowhere = []
    for path in re.findall(r"`(/[a-z][\w/-]*/)`", TEXT):
        try:
            resolve(path)
        except Resolver404:
            nowhere.append(path)
    assert nowhere == []

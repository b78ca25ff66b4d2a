"""Every event type is declared once, used somewhere, and says a plain sentence."""

import ast
from pathlib import Path

import pytest

from audit.actions import record
from audit.registry import EventType, all_types, event_type, register
from tests.audit.writing import SOMEBODY

ROOT = Path(__file__).resolve().parents[2]
APPS = ("audit", "accounts", "tenants", "grants", "impersonation")


def literals_in_code():
    """Return every text that stands in the code of the apps, save in the declarations themselves."""
    found = set()
    for app in (*APPS, "demo"):
        for path in (ROOT / app).rglob("*.py"):
            if path.name == "events.py" or "migrations" in path.parts:
                continue
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            found |= {
                node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return found


def recorded_names():
    """Return (place, name) of every `record("…")` in the code of the apps."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "record"
                    and node.args
                ):
                    for name in ast.walk(node.args[0]):
                        if isinstance(name, ast.Constant) and isinstance(name.value, str):
                            yield f"{path.relative_to(ROOT)}:{node.lineno}", name.value


def test_every_recorded_name_is_declared():
    declared = {kind.name for kind in all_types()}
    assert [(place, name) for place, name in recorded_names() if name not in declared] == []


def test_every_declared_type_is_used_by_some_verb():
    used = literals_in_code()
    assert [kind.name for kind in all_types() if kind.name not in used] == []


@pytest.mark.parametrize("kind", all_types(), ids=lambda kind: kind.name)
def test_a_type_has_a_category_of_nist_a_sentence_and_a_retention_class(kind):
    assert kind.category.startswith("AU-2: ")
    assert kind.retention
    assert kind.sensitivity in {"normal", "high"}
    assert len(kind.sentence.split()) >= 3
    assert not kind.sentence.endswith(".")
    assert kind.name.count(".") == 1


def test_an_optional_part_vanishes_when_a_field_in_it_is_empty():
    kind = EventType("x.y", 1, "{actor} looked[ at {tenant}][ under {ticket}]")
    assert kind.tell({"actor": "Agent", "tenant": "", "ticket": "HD-1"}) == "Agent looked under HD-1"


def test_a_label_with_braces_and_brackets_is_told_as_it_is():
    kind = EventType("x.y", 1, "{actor} opened {object}[ under {ticket}]")
    told = kind.tell({"actor": "{ticket}", "object": "[x] {actor}", "ticket": "[T]"})
    assert told == "{ticket} opened [x] {actor} under [T]"


def test_a_type_is_declared_once_and_names_only_fields_it_declares():
    register(event_type("log.searched"))
    with pytest.raises(ValueError, match="declared twice"):
        register(EventType("log.searched", 2, "{actor} searched"))
    with pytest.raises(ValueError, match="names colour"):
        register(EventType("x.y", 1, "{actor} likes {colour}"))


@pytest.mark.django_db
def test_an_undeclared_type_or_field_is_not_written():
    with pytest.raises(LookupError, match=r"no event type tea\.made"):
        record("tea.made", actor=SOMEBODY)
    with pytest.raises(ValueError, match="does not declare sugar"):
        record("log.searched", actor=SOMEBODY, sugar="two")

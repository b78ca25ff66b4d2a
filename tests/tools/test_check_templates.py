"""The template rules find what they are for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import check_templates
from tools.check_templates import CODE_RULES, TEMPLATE_RULES, mistakes, mistakes_in

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.setattr(check_templates, "ROOT", tmp_path)

    def one(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return one


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<p>\n<script>alert(1)</script>", "page.html:2: it has an inline script"),
        ('<p style="color: red">', "page.html:1: it has an inline style"),
        ("<style>p {}</style>", "page.html:1: it has an inline style"),
        ('<button\n  type="submit"\n  onclick="go()">', "page.html:1: it has an inline handler"),
        ('<a href="javascript:go()">', "page.html:1: it has an inline handler"),
        ("{{ note|safe }}", "page.html:1: it has text marked safe"),
        ("{% autoescape off %}", "page.html:1: it has text marked safe"),
        ('<img src="https://pictures.example/x.png">', "page.html:1: it has a page of another host"),
        ('<form method="post"><button>Go</button></form>', "page.html:1: a POST form lacks its CSRF token"),
    ],
)
def test_a_template_that_breaks_a_rule_is_named_with_its_line(write: Write, text: str, what: str) -> None:
    assert list(mistakes_in(write("page.html", text), TEMPLATE_RULES)) == [what]


def test_a_good_template_breaks_none(write: Write) -> None:
    text = (
        '{# onclick="no" #}<script src="{{ static }}" type="module"></script><p data-on="x" class="one">\n'
        '<form method="post">{% csrf_token %}<input name="money"></form><a href="/tenants/">All</a>'
    )
    assert list(mistakes_in(write("page.html", text), TEMPLATE_RULES)) == []


def test_code_that_marks_text_safe_or_drops_csrf_is_named(write: Write) -> None:
    path = write("views.py", "from x import csrf_exempt\n\nmark_safe(name)\n")
    assert list(mistakes_in(path, CODE_RULES)) == [
        "views.py:3: it has text marked safe",
        "views.py:1: it has a view without CSRF",
    ]


def test_the_project_keeps_the_rules() -> None:
    assert mistakes() == []

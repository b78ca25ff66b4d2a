"""The house rules that a script can hold: who writes, who records, what templates may contain."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("audit", "accounts", "tenants", "grants", "impersonation")
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update_or_create",
    "get_or_create",
    "delete",
    "update",
}
# The outbox is written with the verb and delivered later; it is never a source of truth.
MAY_WRITE = ("actions", "migrations", "notifications", "delivery")
# The package that the product installs is an application of its own, with one file of verbs.
VERBS_OF_THE_PACKAGE = {
    "impersonation/product/introspection.py",
    "impersonation/product/outgoing.py",
    "impersonation/product/push.py",
    "impersonation/product/sessions.py",
}
OTHER_OBJECTS = {"request.session.save"}
INLINE = re.compile(
    r"""\son[a-z]+\s*=|\sstyle\s*=|<style\b|<script(?![^>]*\ssrc=)|javascript:""", re.IGNORECASE
)


def modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def may_write(path):
    return str(path) in VERBS_OF_THE_PACKAGE or any(
        part in MAY_WRITE or part.removesuffix(".py") in MAY_WRITE for part in path.parts
    )


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def on_a_queryset_or_row(call):
    """Tell a write to the database from `dict.update` and the like: keywords only, or behind `objects`, `filter`, `save`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    text = ast.unparse(call.func)
    if text in OTHER_OBJECTS:
        return False
    if call.func.attr in {"update", "delete", "create"}:
        return bool(re.search(r"\.objects\b|\.filter\(|\.exclude\(|\.select_for_update\(|_set\.", text))
    return True


def test_only_actions_write():
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree)
        if on_a_queryset_or_row(call) and not may_write(path)
    ]
    assert found == []


def test_only_actions_and_the_refusal_handler_record_events():
    allowed = {"audit/middleware.py"}
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree)
        if isinstance(call.func, ast.Name)
        and call.func.id == "record"
        and not may_write(path)
        and str(path) not in allowed
    ]
    assert found == []


# A program calls these with a signature of its own and brings no cookie: there is no session that a page of somebody else could use.
SIGNED_CALLS = {
    "accounts/people/hook.py",
    "grants/views/hooks.py",
    "impersonation/oauth/views.py",
    "impersonation/product/actions.py",
    "impersonation/product/push.py",
    "impersonation/product/views.py",  # the way out asks for the token itself, where there is something to end
}


def test_no_view_is_exempt_from_csrf_and_nothing_is_marked_safe():
    words = re.compile(r"csrf_exempt|mark_safe")
    found = [
        str(path)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if words.search(path.read_text(encoding="utf-8")) and str(path.relative_to(ROOT)) not in SIGNED_CALLS
    ]
    assert found == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_template_holds_nothing_inline_and_escapes_everything(path):
    text = path.read_text(encoding="utf-8")
    assert not INLINE.search(text)
    assert "|safe" not in text
    assert "autoescape off" not in text


def test_no_form_is_included_without_what_its_token_needs():
    """An include that ends with `only` leaves out the token too, and every form in it would be refused."""
    texts = {
        str(path.relative_to(ROOT / "templates")): path.read_text(encoding="utf-8")
        for path in (ROOT / "templates").rglob("*.html")
    }
    forms = {name for name, text in texts.items() if "{% csrf_token %}" in text}
    alone = re.compile(r"""{%\s*include\s+["']([^"']+)["'][^%]*\bonly\s*%}""")
    assert {
        (name, inner) for name, text in texts.items() for inner in alone.findall(text) if inner in forms
    } == set()


def test_views_are_short():
    long = []
    for path, tree in modules():
        if path.name != "views.py" and "views" not in path.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 20:
                long.append(f"{path}:{node.lineno} {node.name}")
    assert long == []


def test_every_public_function_that_others_call_has_a_docstring():
    missing = []
    for path, tree in modules():
        if path.name not in {"actions.py", "queries.py", "policy.py"} or "migrations" in path.parts:
            continue
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                missing.append(f"{path}:{node.lineno} {node.name}")
    assert missing == []

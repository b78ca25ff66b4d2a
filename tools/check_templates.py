"""The rules for templates: nothing inline, nothing marked safe, no form without its token."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("opsconsole", "audit", "accounts", "tenants", "grants", "impersonation", "demo")

TEMPLATE_RULES = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=|javascript:|hx-on", re.I | re.S),
    "text marked safe": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "a page of another host": re.compile(r"""(?:src|action|href)\s*=\s*["'](?:https?:)?//""", re.I),
}
CODE_RULES = {
    "text marked safe": re.compile(r"\bmark_safe\b|\bSafeString\("),
    "a view without CSRF": re.compile(r"\bcsrf_exempt\b"),
}
# Where a rule is broken on purpose: "path: rule" -> why.
ALLOWED: dict[str, str] = {
    "opsconsole/lib/html.py: text marked safe": "the one place that escapes what Python writes as HTML",
    "grants/views/hooks.py: a view without CSRF": "the helpdesk signs its calls and brings no cookie",
    "accounts/people/hook.py: a view without CSRF": "the identity provider signs its calls and brings no cookie",
    "impersonation/oauth/views.py: a view without CSRF": "the product signs its calls and brings no cookie",
    "impersonation/product/actions.py: a view without CSRF": "the console signs its calls and brings no cookie",
    "impersonation/product/push.py: a view without CSRF": "the console signs its calls and brings no cookie",
    "impersonation/product/views.py: a view without CSRF": "the way out checks the token itself, unless the browser says its own page asks",
    "opsconsole/lib/reading.py: a view without CSRF": "a program brings a token and no cookie, and only reads",
}

POST_FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']post[\"'][^>]*>(.*?)</form>", re.I | re.S)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.S)


def mistakes_in(path: Path, rules: dict[str, re.Pattern[str]]) -> Iterator[str]:
    """One line for each broken rule: `file:line: what it has`."""
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT)
    for what, pattern in rules.items():
        if f"{name}: {what}" in ALLOWED:
            continue
        for found in pattern.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}: it has {what}"
    if path.suffix == ".html":
        for form in POST_FORM.finditer(text):
            if "csrf_token" not in form[1] and "{% include" not in form[1]:
                yield f"{name}:{text.count(chr(10), 0, form.start()) + 1}: a POST form lacks its CSRF token"


def mistakes() -> list[str]:
    """Every mistake in the project's templates and apps."""
    found: list[str] = []
    for folder in ("templates", *APPS):
        for path in sorted((ROOT / folder).rglob("*.html")):
            found += mistakes_in(path, TEMPLATE_RULES)
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            found += mistakes_in(path, CODE_RULES)
    return found


if __name__ == "__main__":
    for mistake in (all_of_them := mistakes()):
        print(mistake)
    sys.exit(1 if all_of_them else 0)

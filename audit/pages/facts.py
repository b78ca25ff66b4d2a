"""Lines of a facts list, as the design system's component takes them."""

from typing import Any

from django.urls import reverse

Fact = dict[str, Any]


def fact(label: str, value: str, hint: str = "") -> Fact:
    """Return a plain line."""
    return {"label": label, "text": value, "hint": hint}


def copy(label: str, value: object) -> Fact:
    """Return a line with an id that can be copied."""
    return {"label": label, "text": "", "code": str(value) if value else ""}


def link(label: str, name: str, value: object) -> Fact:
    """Return a fact that leads to all events with the same value."""
    url = f"{reverse('audit:explorer')}?{name}={value}" if value else ""
    return {"label": label, "text": str(value or ""), "url": url, "hint": ""}


def kept(*facts: Fact) -> list[Fact]:
    """Return the lines that say something."""
    return [fact for fact in facts if fact["text"] or fact.get("code")]

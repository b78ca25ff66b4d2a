"""Template tags and filters of the design system; docs/design-system.md shows each in use."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from opsconsole.lib.clock import shown_now, written
from opsconsole.lib.html import html, joined
from opsconsole.lib.shown import shown

register = template.Library()

TONES = ("good", "notice", "bad", "neutral")


@register.filter
def relative(at: datetime) -> str:
    """Says how long ago, or how far ahead, in words; a date from thirty days on. static/js/relative.js says the same."""
    seconds = (shown_now() - at).total_seconds()
    size = abs(seconds)
    if size < 45:
        return "just now"
    if size >= 30 * 86400:
        return f"{at.astimezone(UTC):%-d %b %Y}"
    unit, name = next(
        step for step in ((86400, "day"), (3600, "h"), (60, "min"), (0, "min")) if size >= step[0]
    )
    count = max(1, int(size // (unit or 60)))
    text = f"{count} {name}{'s' if name == 'day' and count > 1 else ''}"
    return f"in {text}" if seconds < 0 else f"{text} ago"


register.filter("absolute", written)


@register.simple_tag
def page_now() -> str:
    """Says when the page was made, by the database's clock; static/js/clock.js counts from it."""
    return shown_now().isoformat(timespec="seconds")


@register.filter
def minutes(count: int | None) -> str:
    """Returns a length of time in minutes as words: 30 minutes, 1 hour, 1 h 30 min."""
    if count is None:
        return ""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest} minute{'' if rest == 1 else 's'}"
    return f"{hours} h {rest} min" if rest else f"{hours} hour{'' if hours == 1 else 's'}"


@register.filter
def left(until: datetime) -> str:
    """Returns the time left until a moment, as static/js/countdown.js shows it: 14:05 left, or Ended."""
    seconds = max(0, ceil((until - shown_now()).total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    if not seconds:
        return "Ended"
    return f"{hours}:{minute:02}:{second:02} left" if hours else f"{minute}:{second:02} left"


@register.filter
def short(value: object) -> str:
    """Returns the first eight characters of an id; the full one belongs in a copy button beside it."""
    return str(value)[:8]


@register.simple_tag
@lru_cache(maxsize=100)
def icon(name: str) -> SafeString:
    """Draws one symbol of static/icons.svg; always decoration, the words beside it carry the meaning."""
    return html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def pages(items: Iterable[dict[str, Any]]) -> SafeString:
    """Lists the pages of the navigation; a page of the console shows it twice, so it is made once."""
    return html('<ul class="nav">{}</ul>', joined((_page(item) for item in items), "\n"))


def _page(item: dict[str, Any]) -> SafeString:
    return html(
        '<li><a href="{}"{}{}>{}<span>{}</span>{}</a></li>',
        item["url"],
        html(' aria-current="page"') if item["current"] else "",
        html(' data-key="{}"', item["key"]) if item["key"] else "",
        icon(item["icon"]),
        item["title"],
        html('<span class="count">{}<span class="hidden-visually"> waiting</span></span>', item["count"])
        if item["count"]
        else "",
    )


@register.simple_tag(name="time")
def time_pair(at: datetime | None, otherwise: str = "not yet") -> SafeString:
    """Shows a moment relative, with the absolute time on hover and in print; `otherwise` where there is none."""
    if at is None or at == "":
        return html('<span class="none">{}</span>', otherwise)
    chosen = shown.get()
    if chosen.absolute:
        title = f"{relative(at)}: {written(at)}"
        return html(
            '<span class="time"><time datetime="{}" title="{}">{}</time></span>',
            at.isoformat(), title, chosen.write(at),
        )  # fmt: skip
    return html(
        '<span class="time"><time datetime="{0}" data-relative title="{1}">{2}</time><span class="time__absolute"> ({1})</span></span>',
        at.isoformat(),
        written(at),
        relative(at),
    )


@register.inclusion_tag("components/countdown.html")
def countdown(until: datetime, what: str = "Your window", large: bool = False) -> dict[str, object]:
    """Shows the time left; `what` is the subject of the spoken sentence "… ends in 5 minutes"."""
    seconds = (until - shown_now()).total_seconds()
    tone = "neutral" if seconds <= 0 else "bad" if seconds <= 60 else "notice" if seconds <= 300 else "good"
    return {"until": until, "what": what, "large": large, "tone": tone}


@register.simple_tag
def chip(word: str, meaning: str = "", tone: str = "neutral") -> SafeString:
    """Shows a status word with its meaning beside it; an unknown tone is shown as neutral."""
    alone = html('<span class="chip" data-tone="{}">{}</span>', tone if tone in TONES else "neutral", word)
    if not meaning:
        return alone
    return html(
        '<span class="chip-pair">{} <span class="chip-pair__meaning">{}</span></span>', alone, meaning
    )


@register.inclusion_tag("components/environment.html", name="environment")
def environment_badge(name: str) -> dict[str, str]:
    """Shows production filled and everything else outlined, so that the two are never mistaken for each other."""
    return {"name": name, "kind": "production" if name.lower() in {"production", "prod", "live"} else "test"}


@register.inclusion_tag("components/copy.html")
def copy(value: object, shown: str = "", what: str = "id") -> dict[str, object]:
    """Shows a value in code type with a button that copies all of it; `shown` may be a shorter form."""
    return {"value": value, "shown": shown, "what": what}


@register.inclusion_tag("components/cell.html")
def cell(value: object) -> dict[str, object]:
    """Shows one value of a facts list or a table: a text, a moment, a yes or no, or a dict as the page on cells says."""
    if isinstance(value, dict):
        return {"cell": value}
    if isinstance(value, datetime):
        return {"cell": {"at": value}}
    if isinstance(value, bool):
        return {"cell": {"text": "Yes" if value else "No"}}
    return {"cell": {"text": "" if value is None else value}}

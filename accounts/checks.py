from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.middleware import door_of
from accounts.roles import POWERS


def every_route(patterns: Sequence[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (route, view) for each URL of the console."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from every_route(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


@register(Tags.urls, Tags.security)
def every_url_declares_its_permission(**_: Any) -> list[CheckMessage]:
    """A URL with no declared permission does not load (design.md, law 2)."""
    found: list[CheckMessage] = []
    for route, view in every_route():
        door = door_of(view)
        if door is None:
            hint = "Put public, signed_in or needs(…) of opsconsole.lib.doors on its view."
            found.append(Error(f"/{route} declares no permission.", hint=hint, id="accounts.E001"))
        elif door.kind == "public" and hasattr(view, "step_up"):
            hint = "Step-up is for signed-in people; use signed_in or needs(…) beside it."
            found.append(Error(f"/{route} asks nobody for step-up.", hint=hint, id="accounts.E003"))
        elif set(door.powers) - set(POWERS):
            hint = f"Use {', '.join(POWERS)}."
            found.append(Error(f"/{route} needs a power that does not exist.", hint=hint, id="accounts.E002"))
    return found

from collections.abc import Callable
from typing import Any, TypeVar

from opsconsole.lib.doors import public

View = TypeVar("View", bound=Callable[..., Any])


def by_link(view: View) -> View:
    """Whoever holds a customer's signed link may call this view. It finds the link itself, and shows the one thing the link is for."""
    return public(view)

"""Every view declares who may pass. A URL without a declaration does not load (design.md, law 2; NIST AC-3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from opsconsole.lib.step_up import ACTS, FACTORS

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Door:
    """`kind` is public, after_password, signed_in or power; `powers` are those of which one must be held."""

    kind: str
    powers: tuple[str, ...] = ()


def _mark(view: View, door: Door) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody may call this view; it shows nothing of any tenant or person."""
    return _mark(view, Door("public"))


def after_password(view: View) -> View:
    """Who gave a right password and still owes the second factor may call this view, and nothing else (NIST IA-2(1))."""
    return _mark(view, Door("after_password"))


def signed_in(view: View) -> View:
    """Every signed-in person may call this view; what they see is decided by the object's own door."""
    return _mark(view, Door("signed_in"))


def needs(*powers: str) -> Callable[[View], View]:
    """People who hold one of these powers of the policy may call this view. Raises `ValueError` without any."""
    if not powers:
        raise ValueError("needs() takes at least one power")
    return lambda view: _mark(view, Door("power", powers))


def step_up(act: str) -> Callable[[View], View]:
    """A change through this view asks for a fresh second factor, where the policy lists `act` (NIST IA-11).

    The verb behind it asks again with `opsconsole.lib.step_up.guard_step_up`. Raises `ValueError` for an act that has no words.
    """
    if act not in {*ACTS, FACTORS}:
        raise ValueError(f"{act} is none of {', '.join(ACTS)}")

    def mark(view: View) -> View:
        view.step_up = act  # type: ignore[attr-defined]
        return view

    return mark

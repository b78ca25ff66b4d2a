"""What the palette finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One thing to go to: what it is called, where it is, what kind of thing it is, and what tells it from others of that name."""

    title: str
    url: str
    kind: str
    hint: str = ""

"""A cell: one value as it may be seen, the same for page, JSON and ticket note."""

from typing import Any, NamedTuple


class Cell(NamedTuple):
    """`value` is None where the product holds nothing; `at` is ISO 8601 in UTC for times; `items` are the parts of a list.

    `word` is what the glossary shows in place of a code; `number` is a size in one unit: amounts of `currency` in major units,
    bytes, seconds.
    """

    value: str | None
    masked: bool = False
    meaning: str = ""
    tone: str = ""
    at: str = ""
    href: str = ""
    items: tuple[str, ...] = ()
    number: float | None = None
    word: str = ""
    currency: str = ""

    @property
    def spoken(self) -> str:
        """The value as a sentence says it."""
        return self.word or self.value or "nothing"

    def as_json(self) -> dict[str, Any]:
        """The shape of contract.md: value, and only what else there is to say."""
        shape: dict[str, Any] = {"value": self.at or self.value}
        if self.masked:
            shape["masked"] = True
        extras = {
            "word": self.word,
            "meaning": self.meaning,
            "tone": self.tone,
            "href": self.href,
            "items": list(self.items),
        }
        shape |= {name: extra for name, extra in extras.items() if extra}
        return shape


NOTHING = Cell(None)

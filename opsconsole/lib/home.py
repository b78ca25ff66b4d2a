"""What apps put on the home page: lists of a few lines each, with words for the day on which there is nothing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HomeItem:
    """One line. `at` is when it happened, `until` a moment that is counted down to; either may be left out."""

    title: str
    url: str = ""
    note: str = ""
    chip: str = ""
    tone: str = "neutral"
    at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class HomeList:
    """One list of the home page. `count` counts what waits; `part` is fetched after the page, for what is slow or recorded when read."""

    key: str
    title: str
    icon: str
    items: tuple[HomeItem, ...] = ()
    count: int = 0
    url: str = ""
    url_words: str = ""
    empty_title: str = ""
    empty_text: str = ""
    part: str = ""
    aside: bool = False

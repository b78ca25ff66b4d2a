"""Where the banner goes in a page: after the opening `<body>` that a browser would see, and nowhere else.

Everything works on bytes of an ASCII-compatible charset, so that a byte which does not decode is none of our business.
"""

import re
from typing import NamedTuple

_ATTRIBUTES = rb"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_COMMENT = rb"<!--(?:-?>|.*?(?:--!?>|\Z))"  # one that never ends takes all the rest, as in a browser
_RAW = (
    rb"<(?P<raw>script|style|noscript|template|textarea|xmp)(?=[\s/>])"
    + _ATTRIBUTES
    + rb">.*?(?:</(?P=raw)\s*>|\Z)"
)
_TITLE = rb"<title(?=[\s/>])" + _ATTRIBUTES + rb">(?P<title>)[^<]*</title\s*>"
_FLAGS = re.IGNORECASE | re.DOTALL

# What may come before the body, in the order of likelihood: a browser opens the body at the first thing that is none of these.
PROLOGUE = re.compile(
    rb"(?:\s+|<(?:meta|link|base)(?=[\s/>])" + _ATTRIBUTES + rb">|" + _RAW + rb"|" + _TITLE + rb"|" + _COMMENT
    + rb"|(?P<page><(?:!doctype|html|head)(?=[\s/>])" + _ATTRIBUTES + rb">)|</?(?:html|head)\s*>|<[?!][^>]*>)*",
    _FLAGS,
)  # fmt: skip
BODY = re.compile(rb"<body(?=[\s/>])" + _ATTRIBUTES + rb">", _FLAGS)
TOKENS = re.compile(
    _COMMENT + rb"|" + _RAW + rb"|(?P<body><body(?=[\s/>])" + _ATTRIBUTES + rb">)|(?P<dialog></dialog\s*>)",
    _FLAGS,
)
# The rest after the prologue that another chunk could still turn into a part of it.
UNDECIDED = re.compile(
    rb"\Z|<(?:[!?/]|html|head|body|title|script|style|noscript|template|meta|link|base)|<[a-z]{0,8}\Z", _FLAGS
)


class Place(NamedTuple):
    """Offsets in a page: `at` for the banner, `title` for the mark in the title (0 where there is none)."""

    at: int
    title: int
    is_page: bool


def place_in(page: bytes) -> Place:
    """Where the banner goes; `is_page` is False for a fragment that some script puts into a page."""
    prologue = PROLOGUE.match(page)
    assert prologue is not None  # noqa: S101
    end = prologue.end()
    title = max(prologue.start("title"), 0)
    body = BODY.match(page, end) or _later_body(page, end)
    if body is not None:
        return Place(body.end(), title, True)
    return Place(end, title, prologue.start("page") >= 0)


def is_decided(start: bytes) -> bool:
    """True once no further bytes can move the place."""
    prologue = PROLOGUE.match(start)
    assert prologue is not None  # noqa: S101
    end = prologue.end()
    return BODY.match(start, end) is not None or UNDECIDED.match(start, end) is None


def ends_of_dialogs(page: bytes, start: int) -> list[int]:
    """Where real dialogs of the page end, none in scripts or comments."""
    if page.rfind(b"</dialog", start) < 0:  # from the end, which is three times as fast in CPython
        return []  # one in capitals gets its twin from banner.js, as one that a script makes
    return [found.start() for found in TOKENS.finditer(page, start) if found["dialog"]]


def _later_body(page: bytes, start: int) -> re.Match[bytes] | None:
    """The `<body>` of a page with something odd in its head."""
    if page.find(b"<body", start) < 0 and page.find(b"<BODY", start) < 0:
        return None
    for found in TOKENS.finditer(page, start):
        if found["body"]:
            return BODY.match(page, found.start())
    return None

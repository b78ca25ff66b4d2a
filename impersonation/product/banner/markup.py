"""The banner as HTML, in ASCII only, so that it fits into a page of any charset."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from html import escape as escape_text  # Django's costs four times as much, and the token is new on each page

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import escape

from .face import Banner

TITLE_MARK = b"Support session: "
_CUT = "\0"
FILES = ("banner.css", "banner.js", "icon.svg")

_BANNER = """<support-session id="support-session" role="region" aria-label="Support session" data-id="{id}" \
data-ends="{ends}" data-now="{now}"{framed}{status}>\
<link rel="stylesheet" href="{css}"{nonce}/><link rel="icon" href="{icon}" type="image/svg+xml"/>\
<script src="{js}" defer="defer"{nonce}></script>\
<support-session-text>{who}</support-session-text>{more}{way_out}</support-session>"""
_TWIN = """<support-session class="support-session-twin" role="note" aria-label="Support session" data-ends="{ends}" \
data-now="{now}"><support-session-text>{who}</support-session-text>{way_out}</support-session>"""
_WHO = "<strong>Support session:</strong> {agent} {acts}<strong>{tenant}</strong>"
_WAY_OUT = """<support-session-time><time datetime="{iso}">ends {clock} UTC</time> \
<support-session-left data-left="">{left}</support-session-left></support-session-time>\
<form method="post" action="{exit}" data-support-session-exit=""><input type="hidden" name="csrfmiddlewaretoken" \
value="{token}"/><button type="submit">End session</button></form>"""


def full(banner: Banner, nonce: str = "", *, framed: bool = False) -> bytes:
    """The banner that stands once at the top of a page; `framed` for the shorter one of a page inside a page."""
    addresses = _addresses(settings.STATIC_URL)
    facts = (
        banner.session_id,
        banner.ticket,
        banner.approver,
        banner.may,
        banner.page_url,
        banner.status_url,
    )
    return _timed(_still(_known(banner), facts, addresses, nonce, framed), banner)


def twin(banner: Banner) -> bytes:
    """The short form for a `<dialog>`: what lies in the top layer covers the banner and makes it inert."""
    return _timed(_still_twin(_known(banner)), banner)


_Known = tuple[str, str, str, datetime, str]


def _known(banner: Banner) -> _Known:
    return banner.agent, banner.tenant, banner.subject, banner.ends_at, banner.exit_url


def _timed(pieces: list[bytes], banner: Banner) -> bytes:
    """The pieces with the present moment, the time left and the form's token between them."""
    seconds = time.time()
    minutes = max(0, int(banner.ends_at.timestamp() - seconds + 59) // 60)
    left = b"%d min left" % minutes if minutes else b"time is up"
    token = escape_text(banner.csrf_token).encode()
    return b"".join((pieces[0], b"%d" % seconds, pieces[1], left, pieces[2], token, pieces[3]))


@lru_cache(maxsize=256)
def _still(
    known: _Known,
    facts: tuple[str, str, str, tuple[str, ...], str, str],
    addresses: tuple[str, ...],
    nonce: str,
    framed: bool,
) -> list[bytes]:
    """What stays the same over all pages of a session, cut where something changes."""
    css, js, icon = addresses
    return _cut(
        _BANNER.format(
            id=escape(facts[0]),
            ends=int(known[3].timestamp()),
            now=_CUT,
            css=css,
            js=js,
            icon=icon,
            status=f' data-status="{escape(facts[5])}"' if facts[5] else "",
            framed=' data-framed=""' if framed else "",
            nonce=f' nonce="{escape(nonce)}"' if nonce else "",
            who=_who(known),
            more=_more(*facts[1:5]),
            way_out=_way_out(known),
        )
    )


@lru_cache(maxsize=256)
def _still_twin(known: _Known) -> list[bytes]:
    ends = int(known[3].timestamp())
    return _cut(_TWIN.format(ends=ends, now=_CUT, who=_who(known), way_out=_way_out(known)))


def _who(known: _Known) -> str:
    agent, tenant, subject = (escape(text) for text in known[:3])
    acts = f"as <strong>{subject}</strong> at " if subject else "at "
    return _WHO.format(agent=agent, acts=acts, tenant=tenant)


def _more(ticket: str, approver: str, may: tuple[str, ...], page_url: str) -> str:
    facts = [
        f"Ticket <b>{escape(ticket)}</b>" if ticket else "",
        f"Approved by <b>{escape(approver)}</b>" if approver else "",
        f"May: <b>{escape(', '.join(may))}</b>" if may else "May: <b>only look</b>",
        f'<a href="{escape(page_url)}">About this session</a>' if page_url else "",
    ]
    told = "".join(f"<support-session-fact>{fact}</support-session-fact> " for fact in facts if fact)
    return f"<support-session-more>{told}</support-session-more>"


def _way_out(known: _Known) -> str:
    ends = known[3].astimezone(UTC)
    return _WAY_OUT.format(
        iso=f"{ends:%Y-%m-%dT%H:%M:%SZ}", clock=f"{ends:%H:%M}", left=_CUT, exit=escape(known[4]), token=_CUT
    )


def _cut(text: str) -> list[bytes]:
    return [piece.encode("ascii", "xmlcharrefreplace") for piece in text.split(_CUT)]


@lru_cache(maxsize=4)
def _addresses(prefix: str) -> tuple[str, ...]:
    """The addresses of the banner's files; a manifest that does not know them costs their style, not the page."""
    found = []
    for name in FILES:
        try:
            found.append(escape(static(f"support_session/{name}")))
        except ValueError:
            found.append(escape(f"{prefix}support_session/{name}"))
    return tuple(found)

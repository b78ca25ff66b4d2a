"""The banner as HTML, in ASCII only, so that it fits into a page of any charset."""

from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import escape

from .face import Banner

TITLE_MARK = b"Support session: "
FILES = ("banner.css", "banner.js", "icon.svg")

_BANNER = """<support-session id="support-session" role="region" aria-label="Support session" data-id="{id}" \
data-ends="{ends}" data-now="{now}"{framed}>\
<link rel="stylesheet" href="{css}"{nonce}/><link rel="icon" href="{icon}" type="image/svg+xml"/>\
<script src="{js}" defer="defer"{nonce}></script>\
<support-session-text>{who}</support-session-text>{more}{way_out}</support-session>"""
_TWIN = """<support-session class="support-session-twin" role="note" aria-label="Support session" data-ends="{ends}" \
data-now="{now}"><support-session-text>{who}</support-session-text>{way_out}</support-session>"""
_WHO = "<strong>Support session</strong> {agent} {acts}<strong>{tenant}</strong>"
_WAY_OUT = """<support-session-time><time datetime="{iso}">ends {clock} UTC</time> \
<support-session-left data-left="">{left}</support-session-left></support-session-time>\
<form method="post" action="{exit}" data-support-session-exit=""><input type="hidden" name="csrfmiddlewaretoken" \
value="{token}"/><button type="submit">End session</button></form>"""


def full(banner: Banner, nonce: str = "", *, framed: bool = False) -> bytes:
    """The banner that stands once at the top of a page; `framed` for the shorter one of a page inside a page."""
    now = datetime.now(UTC)
    css, js, icon = _addresses()
    return _ascii(
        _BANNER.format(
            id=escape(banner.session_id),
            ends=int(banner.ends_at.timestamp()),
            now=int(now.timestamp()),
            css=css,
            js=js,
            framed=' data-framed=""' if framed else "",
            icon=icon,
            nonce=f' nonce="{escape(nonce)}"' if nonce else "",
            who=_who(banner),
            more=_more(banner),
            way_out=_way_out(banner, now),
        )
    )


def twin(banner: Banner) -> bytes:
    """The short form for a `<dialog>`: what lies in the top layer covers the banner and makes it inert."""
    now = datetime.now(UTC)
    return _ascii(
        _TWIN.format(
            ends=int(banner.ends_at.timestamp()),
            now=int(now.timestamp()),
            who=_who(banner),
            way_out=_way_out(banner, now),
        )
    )


def _who(banner: Banner) -> str:
    acts = f"as <strong>{escape(banner.subject)}</strong> at " if banner.subject else "at "
    return _WHO.format(agent=escape(banner.agent), acts=acts, tenant=escape(banner.tenant))


def _more(banner: Banner) -> str:
    facts = [
        f"Ticket <b>{escape(banner.ticket)}</b>" if banner.ticket else "",
        f"Approved by <b>{escape(banner.approver)}</b>" if banner.approver else "",
        f"May: <b>{escape(', '.join(banner.may))}</b>" if banner.may else "May: <b>only look</b>",
        f'<a href="{escape(banner.page_url)}">About this session</a>' if banner.page_url else "",
    ]
    told = "".join(f"<support-session-fact>{fact}</support-session-fact> " for fact in facts if fact)
    return f"<support-session-more>{told}</support-session-more>"


def _way_out(banner: Banner, now: datetime) -> str:
    ends = banner.ends_at.astimezone(UTC)
    minutes = max(0, int((ends - now).total_seconds() + 59) // 60)
    return _WAY_OUT.format(
        iso=f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        clock=f"{ends:%H:%M}",
        left=f"{minutes} min left" if minutes else "time is up",
        exit=escape(banner.exit_url),
        token=escape(banner.csrf_token),
    )


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")


def _addresses() -> tuple[str, ...]:
    return _addresses_under(settings.STATIC_URL)


@lru_cache(maxsize=4)
def _addresses_under(prefix: str) -> tuple[str, ...]:
    """The addresses of the banner's files; a manifest that does not know them costs their style, not the page."""
    found = []
    for name in FILES:
        try:
            found.append(escape(static(f"support_session/{name}")))
        except ValueError:
            found.append(escape(f"{prefix}support_session/{name}"))
    return tuple(found)

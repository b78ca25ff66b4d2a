"""How the console knows that a browser works in a support session: a mark in its Django session, no query where there is none."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from impersonation.models import SupportSession

KEY = "support_session"
APPROVER = "support_session_approver"
BACK = "support_session_back"
LONGEST_PATH = 300  # characters
PAGES = ("desk", "grants", "impersonation", "tenants")
"""The parts of the console that an exit may lead back to: pages of the agent's own work, none that goes on to somewhere else."""
_OWN_PAGE = re.compile(r"/sessions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


def keep(request: HttpRequest, session: SupportSession, approver: str, back: str = "") -> None:
    """Mark this browser: from the next answer on it shows the banner, and its exit leads to `back`."""
    request.session[KEY], request.session[APPROVER], request.session[BACK] = str(session.pk), approver, back


def kept(request: HttpRequest) -> UUID | None:
    """Return the session this browser is marked with, or None."""
    value = request.session.get(KEY)
    return UUID(value) if value else None


def named(request: HttpRequest) -> UUID | None:
    """Return the session whose own pages this request asks for, or None."""
    found = _OWN_PAGE.match(request.path_info)
    return UUID(found[1]) if found else None


def drop(request: HttpRequest) -> str:
    """Take the mark away and return where the agent came from, empty where that is not known."""
    back: str = request.session.get(BACK, "")
    for key in (KEY, APPROVER, BACK):
        request.session.pop(key, None)
    return back


def page_of(address: str, otherwise: str) -> str:
    """Return an address that is the path of a page of the agent's work in this console, and `otherwise` for anything else."""
    local = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    try:
        match = resolve(urlsplit(address).path) if local and len(address) <= LONGEST_PATH else None
    except (Resolver404, ValueError):
        match = None
    return address if match and match.namespace in PAGES else otherwise

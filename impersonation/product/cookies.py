"""The cookie of a support session: its own name, so that the customer's cookie in the same browser is left as it is."""

import secrets
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .conf import setting


def is_secure() -> bool:
    """True where the product is served over https."""
    given = setting("SECURE")
    if given is None:
        return settings.SESSION_COOKIE_SECURE or str(setting("URL")).startswith("https:")
    return bool(given)


def name() -> str:
    """`__Host-support-session` over https; over http a plain name, which ought to differ from port to port."""
    return "__Host-support-session" if is_secure() else str(setting("COOKIE") or "support-session")


def key_of(request: HttpRequest) -> str:
    """The key the browser brings, or nothing."""
    return request.COOKIES.get(name(), "")


def new_key() -> str:
    """A key of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is kept of a key."""
    return sha256(key.encode()).hexdigest()


def give(response: HttpResponseBase, key: str, now: datetime, until: datetime) -> None:
    """Hand the key to the browser until the session's end; it is never renewed."""
    response.set_cookie(
        name(),
        key,
        max_age=max(0, int((until - now).total_seconds())),
        path="/",
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
    )


def take_back(response: HttpResponseBase) -> None:
    """Let the browser forget the key."""
    response.set_cookie(name(), "", max_age=0, path="/", secure=is_secure(), httponly=True, samesite="Lax")

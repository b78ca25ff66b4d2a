"""Browsers: what one is called in plain words, and how it is known again by a cookie of its own."""

import hashlib
import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

SALT = "accounts.device"
YEAR = 365 * 24 * 3600  # seconds
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_words(request: HttpRequest) -> str:
    """Return a browser in two words, such as "Firefox on Windows". A browser may say what it likes: this is for its owner's eyes."""
    agent = request.headers.get("User-Agent", "")

    def first(names: tuple[tuple[str, str], ...], otherwise: str) -> str:
        return next((name for mark, name in names if mark in agent), otherwise)

    return f"{first(BROWSERS, 'A browser')} on {first(SYSTEMS, 'an unknown system')}"


def device_secret(request: HttpRequest) -> str:
    """Return the secret of this browser's cookie, or a new one where it has none."""
    try:
        return str(Signer(salt=SALT).unsign(request.COOKIES[settings.DEVICE_COOKIE_NAME]))
    except (KeyError, BadSignature):
        return secrets.token_urlsafe(24)


def device_id(secret: str) -> str:
    """Return what is stored of a device secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keep_device(response: HttpResponse, secret: str) -> None:
    """Give the browser its cookie, for a year."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        Signer(salt=SALT).sign(secret),
        max_age=YEAR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )

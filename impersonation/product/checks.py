"""System checks: what would leave a session without its banner or its rules."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.urls import Resolver404, resolve

from .banner import order_problems
from .banner.order import CACHES
from .conf import setting
from .rules import RouteProblem, routes

PACKAGE = __package__ or "support_session"
BANNER = f"{PACKAGE}.middleware.SupportBannerMiddleware"
SESSION = f"{PACKAGE}.middleware.SupportSessionMiddleware"
ABOVE_THE_SESSION = (
    BANNER,
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
BELOW_THE_SESSION = ("django.contrib.messages.middleware.MessageMiddleware",)


def check_settings(**_: Any) -> list[CheckMessage]:
    """Errors of order in MIDDLEWARE, of routes that cannot be read, and of what does not go together with a session."""
    middleware = list(settings.MIDDLEWARE)
    found = order_problems(middleware, BANNER, above=(*CACHES, SESSION))
    if SESSION not in middleware:
        found.append(Error(f"{SESSION} is not in MIDDLEWARE.", id="support_session.E003"))
    else:
        place = middleware.index(SESSION)
        found += [_order(name, "above") for name in middleware[place:] if name in ABOVE_THE_SESSION]
        found += [_order(name, "below") for name in middleware[:place] if name in BELOW_THE_SESSION]
    if settings.CSRF_USE_SESSIONS:
        hint = "The token would be the customer's in a support session, and outlive it."
        found.append(Error("CSRF_USE_SESSIONS must be off.", hint=hint, id="support_session.E005"))
    if setting("CONSOLE_URL"):
        missing = [name for name in ("CLIENT_ID", "URL", "KEYS") if not setting(name)]
        found += [
            Error(f"SUPPORT_SESSION['{name}'] is not set.", id="support_session.E007") for name in missing
        ]
    found += _own_pages()
    try:
        routes()
    except RouteProblem as problem:
        found.append(Error(f"SUPPORT_SESSION['ROUTES']: {problem}", id="support_session.E006"))
    return found


def _own_pages() -> list[CheckMessage]:
    """An error where the way out is not where PATH says: the session's own rules would close it."""
    try:
        is_there = resolve(f"{setting('PATH')}exit/").view_name == "support_session:exit"
    except Resolver404:
        is_there = False
    hint = 'path("support-session/", include("support_session.urls")), or name its place in PATH.'
    return (
        []
        if is_there
        else [
            Error(
                "SUPPORT_SESSION['PATH'] does not lead to the package's urls.",
                hint=hint,
                id="support_session.E008",
            )
        ]
    )


def _order(name: str, side: str) -> CheckMessage:
    return Error(f"{name} must stand {side} {SESSION} in MIDDLEWARE.", id="support_session.E004")

"""System checks: a middleware order under which a page could leave without its banner does not start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, register

from impersonation.product.banner import order_problems
from impersonation.product.banner.order import CACHES

BANNER = "impersonation.middleware.SupportSessionMiddleware"
ANSWERS = (
    *CACHES,
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "audit.middleware.RefusalMiddleware",
    "accounts.middleware.SessionLimitMiddleware",
    "accounts.middleware.DoorMiddleware",
)
"""What answers with pages of its own: the banner stands above it."""
NEEDS = (
    "audit.middleware.ContextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
)
"""What the banner needs: it stands below it."""


@register()
def banner_stands_in_its_place(**_: Any) -> list[CheckMessage]:
    """Report a banner that is missing or out of its place."""
    return order_problems(settings.MIDDLEWARE, BANNER, above=ANSWERS, below=NEEDS)

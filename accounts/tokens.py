"""API tokens: how they look, how they are kept, how a request is matched to one (RFC 6750)."""

import hashlib
import secrets

from django.http import HttpRequest

from accounts.models import ApiToken
from opsconsole.lib.clock import database_now

PREFIX = "opsc_"
API = "/api/v1/"


def new_secret() -> str:
    """Return a new token of 256 random bits; its prefix lets scanners find one that leaked."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is stored of a token. A plain SHA-256 does: the secret is random and long, nobody guesses it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def area_of(path: str) -> str:
    """Return the part of the API a path belongs to, empty for what every token opens."""
    area = path.removeprefix(API).split("/", 1)[0]
    return area if area in ApiToken.Area.values else ""


def token_of(request: HttpRequest) -> ApiToken | None:
    """Return the live token of the Authorization header whose person is active, or None."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    return (
        ApiToken.objects.select_related("person")
        .filter(
            digest=digest_of(secret.strip()),
            revoked_at=None,
            expires_at__gt=database_now(),
            person__is_active=True,
        )
        .first()
    )

"""A strict policy for what pages may load, and who was last seen when."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from demo.product.quillfold.models import Presence, User
from impersonation.product.context import customer_only

GetResponse = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'"
)


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Nothing inline, nothing from elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return middleware


def presence(get_response: GetResponse) -> GetResponse:
    """Keeps when a customer was here; an agent in their place leaves no trace of presence."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if isinstance(user, User):
            seen(user)
        return get_response(request)

    return middleware


@customer_only
def seen(user: User) -> None:
    """The user is here now."""
    Presence.objects.update_or_create(user=user, defaults={"seen_at": timezone.now()})

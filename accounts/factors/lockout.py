"""Wrong codes count where wrong passwords do: one limit of axes, by person and address (NIST AC-7)."""

from copy import copy

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, QueryDict

from accounts.models import Person


def locked_out(request: HttpRequest, person: Person) -> bool:
    """Tell whether this person is locked out at this address."""
    return not AxesProxyHandler.is_allowed(request, {"username": person.username})


def count_wrong(request: HttpRequest, person: Person) -> bool:
    """Count one wrong try and tell whether it was the last that is let through. Nothing that was typed is kept."""
    probe = copy(request)
    probe.GET = probe.POST = QueryDict()
    AxesProxyHandler.user_login_failed(__name__, {"username": person.username}, probe)
    return bool(getattr(probe, "axes_locked_out", False))


def forgive(request: HttpRequest, person: Person) -> None:
    """Forget the wrong tries of a person who has shown who they are."""
    AxesProxyHandler.update_request(request)
    AxesProxyHandler.get_implementation().reset_user_attempts(request, {"username": person.username})

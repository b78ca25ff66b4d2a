"""One unit of work for each request, and one place that turns refusals into answers and events."""

import json
from collections.abc import Callable
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from audit.actions import record
from audit.context import surface
from audit.refs import ANONYMOUS, Actor, Staff, TenantRef, Trail
from opsconsole.lib.errors import Conflict, ConsoleError, Invalid, Refused

GetResponse = Callable[[HttpRequest], HttpResponse]


def surface_of(path: str) -> str:
    """Return the audit surface of a URL path."""
    if path.startswith(("/api/", "/hooks/")):
        return "api"
    return "admin" if path.startswith("/admin/") else "web"


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the caller is a program rather than a browser."""
    return request.path.startswith("/api/") or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def actor_of(request: HttpRequest) -> Actor:
    """Return who is behind a request; somebody not signed in is an actor without id."""
    user = getattr(request, "user", None)
    return (
        user.as_actor() if isinstance(user, Staff) and getattr(user, "is_authenticated", False) else ANONYMOUS
    )


class ContextMiddleware:
    """Runs each request as one unit of work of the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with surface(surface_of(request.path)):
            return self.get_response(request)


class RefusalMiddleware:
    """Maps `Refused` to 403, `Conflict` to 409 and `Invalid` to 422, and records each in a transaction of its own.

    A view that shows its form again catches `Invalid` itself; what it lets pass is answered here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ConsoleError):
            return None
        return refuse(request, error)


def refuse(request: HttpRequest, error: ConsoleError) -> HttpResponse:
    """Record a refusal and return its answer."""
    record_refusal(request, error)
    return answer(request, error)


def record_refusal(request: HttpRequest, error: ConsoleError) -> None:
    """Write the refused event. What a verb attached to the error (tenant, trail) stands on it too."""
    match = request.resolver_match
    with transaction.atomic(durable=True):
        record(
            "request.refused",
            actor=actor_of(request),
            tenant=cast("TenantRef | None", getattr(error, "tenant", None)),
            trail=cast("Trail", getattr(error, "trail", Trail())),
            authority="none",
            outcome="refused",
            outcome_code=error.code,
            sentence=error.sentence,
            method=request.method or "",
            route=match.route if match else "",
            scope=getattr(error, "scope", ""),
        )


def answer(request: HttpRequest, error: ConsoleError) -> HttpResponse:
    """Return the page or JSON for a refusal."""
    body: dict[str, object] = {"error": error.code, "sentence": error.sentence}
    if isinstance(error, Refused):
        body |= {"scope": error.scope, "ask_url": error.ask_url}
    elif isinstance(error, Conflict):
        body |= {"state": error.state}
    elif isinstance(error, Invalid):
        body |= {"errors": error.errors}
    if wants_json(request):
        return JsonResponse(json.loads(json.dumps(body)), status=error.status)
    return render(request, f"errors/{error.status}.html", body, status=error.status)

"""Live, ready, metrics, and the pages for what went wrong outside a view."""

import logging
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from accounts.doors import public
from audit.middleware import wants_json
from opsconsole.lib.registry import gauges, readiness

log = logging.getLogger(__name__)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM audit_event LIMIT 1")


def _redis() -> None:
    redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()


@require_GET
@public
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"live": True})


@require_GET
@public
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers. Redis and the product may be down: the console works without them, so they are told and do not fail it."""
    parts = {"database": _state(_database), "redis": _state(_redis)}
    ready = parts["database"] == "ok"
    if ready:  # the rest is declared by the policy, which stands in the database
        for checks in readiness:
            parts |= {name: _state(check) for name, check in checks().items()}
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


def _state(check: Any) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever a part throws, its name is the answer
        log.warning("a part is not ready", extra={"error": type(error).__name__})
        return "failing"
    return "ok"


@require_GET
@public
def metrics(_request: HttpRequest) -> HttpResponse:
    """Prometheus text. Numbers come from the database at each scrape, so every web process tells the same; no names, no tenants."""
    registry = CollectorRegistry()
    for name, (help_text, read) in gauges.items():
        Gauge(f"opsconsole_{name}", help_text, registry=registry).set(read())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error_page(
        request,
        403,
        {
            "sentence": "This form is too old or came from somewhere else. Go back, reload the page and try again."
        },
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Render without request and context: whatever broke may break again there."""
    if wants_json(request):
        return JsonResponse({"error": "server_error"}, status=500)
    return HttpResponse(get_template("errors/500.html").render(), status=500)


def _error_page(request: HttpRequest, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(
            {"error": {400: "bad_request", 403: "refused", 404: "not_found"}[status]}, status=status
        )
    return render(request, f"errors/{status}.html", context, status=status)

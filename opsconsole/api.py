"""`/api/v1/`: the apps' read-only JSON under one roof, and its description."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from opsconsole.lib.doors import public
from opsconsole.lib.reading import read_only

DESCRIPTION = Path(__file__).with_name("openapi.json")


@lru_cache
def described() -> dict[str, Any]:
    """Return the OpenAPI document, which is written by hand and held to the truth by tests."""
    document: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return document


@read_only
@public
def openapi(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(described())


urlpatterns = [
    path("openapi.json", openapi),
    path("", include("tenants.api")),
    path("", include("grants.api")),
    path("", include("audit.api")),
]

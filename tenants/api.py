"""`/api/v1/tenants/…`: the same doors, actions and masks as the pages, as JSON."""

from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.doors import needs
from accounts.http import StaffRequest
from tenants.actions import find_tenant_for, open_panel
from tenants.models import Tenant
from tenants.pages import panel_json
from tenants.queries import access_to, language_in_force
from tenants.searching import search_tenants
from tenants.views import ticket_of


def tenant_json(tenant: Tenant) -> dict[str, object]:
    """A tenant as the directory lists it."""
    return {
        "slug": tenant.slug,
        "id": tenant.external_id,
        "name": tenant.name,
        "environment": tenant.environment,
        "region": tenant.region,
        "status": tenant.status,
        "domains": tenant.domains,
    }


@never_cache
@require_GET
@needs("see")
def tenants(request: StaffRequest) -> HttpResponse:
    found = search_tenants(request.user, request.GET.get("q", ""))
    return JsonResponse({"tenants": [tenant_json(t) for t in found.tenants], "more": found.more})


@never_cache
@require_GET
@needs("see")
def tenant(request: StaffRequest, slug: str) -> HttpResponse:
    found = find_tenant_for(request.user, slug)
    panels = [
        {
            "key": a.panel.key,
            "title": a.panel.title,
            "question": a.panel.question,
            "scope": a.panel.scope,
            "open": bool(a.authority),
        }
        for a in access_to(request.user, found, language_in_force().panels)
    ]
    return JsonResponse(tenant_json(found) | {"panels": panels})


@never_cache
@require_GET
@needs("see")
def panel(request: StaffRequest, slug: str, key: str) -> HttpResponse:
    found = find_tenant_for(request.user, slug)
    return JsonResponse(
        panel_json(open_panel(actor=request.user, tenant=found, key=key, ticket=ticket_of(request)))
    )


urlpatterns = [
    path("tenants/", tenants),
    path("tenants/<str:slug>/", tenant),
    path("tenants/<str:slug>/panels/<slug:key>/", panel),
]

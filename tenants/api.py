"""Tenants and panels as JSON: the same doors, verbs, masks and events as the pages, with `surface = api`."""

from datetime import datetime
from typing import Any

from django.http import JsonResponse
from django.urls import path

from accounts.doors import needs
from accounts.http import StaffRequest
from opsconsole.lib.reading import read_only
from tenants.actions import find_tenant_for, open_panel, open_tenant
from tenants.models import Tenant
from tenants.pages import Page, PanelView, SectionView
from tenants.searching import search_tenants
from tenants.tickets import ticket_of


def moment(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC to the second, or None."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def tenant_json(tenant: Tenant) -> dict[str, Any]:
    """Return what identifies one tenant."""
    names = ("slug", "name", "external_id", "environment", "region", "status")
    return {name: getattr(tenant, name) for name in names}


@read_only
@needs("see")
def search(request: StaffRequest) -> JsonResponse:
    found = search_tenants(request.user, request.GET.get("q", ""))
    return JsonResponse(
        {"tenants": [tenant_json(tenant) for tenant in found.tenants], "truncated": found.more}
    )


@read_only
@needs("see")
def tenant(request: StaffRequest, slug: str) -> JsonResponse:
    found = find_tenant_for(request.user, slug)
    page = open_tenant(actor=request.user, tenant=found, ticket=ticket_of(request))
    return JsonResponse(
        {
            "tenant": tenant_json(found),
            "as_of": moment(page.as_of),
            "policy_version": page.policy_version,
            "answers": [
                {"sentence": said.text, "tone": said.tone, "panel": said.panel} for said in page.strip
            ],
            "disagreements": [
                {"sentence": wrong.sentence, "panel": wrong.panel} for wrong in page.disagreements
            ],
            "panels": [panel_json(page, view) for view in page.panels],
        }
    )


@read_only
@needs("see")
def panel(request: StaffRequest, slug: str, key: str) -> JsonResponse:
    found = find_tenant_for(request.user, slug)
    page = open_panel(actor=request.user, tenant=found, key=key, ticket=ticket_of(request))
    return JsonResponse(panel_json(page, page.only))


def panel_json(page: Page, view: PanelView) -> dict[str, Any]:
    """Return one panel in the shape of the contract; without authority it has no sections and names the missing scope."""
    because = view.authority
    shape: dict[str, Any] = {
        "panel": view.panel.key,
        "title": view.panel.title,
        "tenant": page.tenant.slug,
        "question": view.panel.question,
        "as_of": moment(page.as_of),
        "policy_version": page.policy_version,
        "authority": None,
        "missing_scope": view.panel.scope,
        "sections": [_section(section) for section in view.sections],
    }
    if because:
        shape |= {
            "authority": {
                "because": because.because,
                "grant": str(because.grant_id) if because.grant_id else None,
            },
            "missing_scope": None,
        }
    return shape


def _section(view: SectionView) -> dict[str, Any]:
    return {
        "key": view.section.key,
        "title": view.section.title,
        "kind": view.section.kind,
        "columns": [{"key": c.key, "label": c.label, "kind": c.kind} for c in view.columns],
        "rows": [{cell.column.key: cell.cell.as_json() for cell in row.cells} for row in view.rows],
        "truncated": view.truncated,
        "error": view.failure or view.missing or None,
        "empty": None if view.rows or view.failure else view.empty,
    }


urlpatterns = [
    path("tenants/", search),
    path("tenants/<str:slug>/", tenant),
    path("tenants/<str:slug>/panels/<slug:key>/", panel),
]

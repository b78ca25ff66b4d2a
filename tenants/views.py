from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from tenants.actions import find_tenant_for, open_panel, open_tenant, reveal_field
from tenants.actions.revealing import get_field
from tenants.forms import RevealForm
from tenants.models import Tenant
from tenants.searching import search_tenants
from tenants.tickets import Carried, cases_under, ticket_carried, ticket_of

SHOWN_SECONDS = 60


@require_GET
@needs("see")
def search(request: StaffRequest) -> HttpResponse:
    found = search_tenants(request.user, request.GET.get("q", ""))
    template = "tenants/_found.html" if request.headers.get("HX-Request") else "tenants/search.html"
    return render(request, template, {"found": found, "ticket": ticket_carried(request).number})


@never_cache
@require_GET
@needs("see")
def tenant(request: StaffRequest, slug: str) -> HttpResponse:
    found = find_tenant_for(request.user, slug)
    carried = ticket_carried(request)
    page = open_tenant(actor=request.user, tenant=found, ticket=carried.number)
    return render(request, "tenants/tenant.html", {"page": page} | _head(request, found, carried))


@never_cache
@require_GET
@needs("see")
def panel(request: StaffRequest, slug: str, key: str) -> HttpResponse:
    found = find_tenant_for(request.user, slug)
    carried = ticket_carried(request)
    page = open_panel(actor=request.user, tenant=found, key=key, ticket=carried.number)
    context = {"page": page, "view": page.only, "form": RevealForm()} | _head(request, found, carried)
    return render(request, "tenants/panel.html", context)


def _head(request: StaffRequest, found: Tenant, carried: Carried) -> dict[str, Any]:
    """What the head of a tenant's page needs."""
    cases = cases_under(request.user, found, carried.number)
    return {"tenant": found, "ticket": carried.number, "ticket_wrong": carried.wrong, "ticket_cases": cases}


@never_cache
@require_POST
@needs("see")
def reveal(request: StaffRequest, slug: str, key: str) -> HttpResponse:
    found = find_tenant_for(request.user, slug)
    form = RevealForm(request.POST)
    field = get_field(key=key, section=request.POST.get("section", ""), column=request.POST.get("column", ""))
    ticket = ticket_of(request)
    context = {"tenant": found, "field": field, "form": form, "ticket": ticket}
    if "ask" in request.POST:
        return render(
            request, "tenants/reveal_form.html", {**context, "form": RevealForm(initial=request.POST.dict())}
        )
    if not form.is_valid():
        return render(request, "tenants/reveal_form.html", context, status=422)
    row, reason = form.cleaned_data["row"], form.cleaned_data["reason"]
    shown = reveal_field(actor=request.user, tenant=found, field=field, row=row, reason=reason, ticket=ticket)
    return _shown_once(request, {**context, "shown": shown}, reverse("tenants:panel", args=[found.slug, key]))


def _shown_once(request: StaffRequest, context: dict[str, Any], back: str) -> HttpResponse:
    """The page that shows a value and leaves by itself; works without JavaScript."""
    if context["ticket"]:
        back += "?" + urlencode({"ticket": context["ticket"]})
    until = datetime.now(UTC) + timedelta(seconds=SHOWN_SECONDS)
    response = render(request, "tenants/revealed.html", {**context, "until": until, "back": back})
    response["Refresh"] = f"{SHOWN_SECONDS}; url={back}"
    return response

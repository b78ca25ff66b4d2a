from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from tenants.language.shapes import Panel
from tenants.trying.actions import describe_panel, preview_panel, seen_by_two, try_on_ticket
from tenants.trying.forms import PreviewForm, TicketForm
from tenants.trying.queries import TICKETS, Tried, get_tried, get_tried_panel, maps, sources_of, trials_of


@never_cache
@require_GET
@needs("propose_policy", "activate_policy")
def question_map(request: StaffRequest) -> HttpResponse:
    return render(request, "tenants/trying/map.html", {"maps": maps(), "wanted": TICKETS})


@never_cache
@require_GET
@needs("propose_policy", "activate_policy")
def panel(request: StaffRequest, version: str, key: str) -> HttpResponse:
    tried = get_tried(version)
    found = get_tried_panel(tried, key)
    asked = "role" in request.GET or "tenant" in request.GET
    form = PreviewForm(tried.roles, request.GET if asked else None)
    return _page(request, tried, found, form, TicketForm())


@require_POST
@needs("propose_policy")
def ticket(request: StaffRequest, version: str, key: str) -> HttpResponse:
    tried = get_tried(version)
    found, form = get_tried_panel(tried, key), TicketForm(request.POST)
    if not form.is_valid():
        return _page(request, tried, found, PreviewForm(tried.roles), form)
    kept = try_on_ticket(actor=request.user, tried=tried, panel=found, **form.cleaned_data)
    messages.success(request, f"Noted for {kept.ticket}.")
    return redirect("trying:panel", version=version, key=key)


def _page(
    request: StaffRequest, tried: Tried, panel: Panel, form: PreviewForm, tickets: TicketForm
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        role, tenant = tried.roles.roles[form.cleaned_data["role"]], form.cleaned_data["tenant"]
        preview = preview_panel(actor=request.user, tried=tried, panel=panel, role=role, tenant=tenant)
    else:
        preview = describe_panel(actor=request.user, tried=tried, panel=panel)
    context = {"preview": preview, "form": form, "ticket_form": tickets} | _around(request, tried, panel)
    status = 422 if form.errors or tickets.errors else 200
    return render(request, "tenants/trying/panel.html", context, status=status)


def _around(request: StaffRequest, tried: Tried, panel: Panel) -> dict[str, Any]:
    return {
        "version": tried.row,
        "panel": panel,
        "sources": sources_of(panel),
        "trials": trials_of(tried.row.version, panel.key),
        "wanted": TICKETS,
        "own": not seen_by_two(request.user, tried.row),
    }

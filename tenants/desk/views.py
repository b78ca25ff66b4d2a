from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from opsconsole.lib.errors import Invalid
from opsconsole.lib.registry import review_sections
from tenants.actions import find_tenant_for
from tenants.desk.actions import answer_panel
from tenants.desk.board import measures
from tenants.desk.forms import AnswerForm
from tenants.views import ticket_of


@never_cache
@require_POST
@needs("see")
def answer(request: StaffRequest, slug: str, key: str) -> HttpResponse:
    tenant, ticket = find_tenant_for(request.user, slug), ticket_of(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Invalid({"verdict": "Choose yes, no or had to guess; the line has room for 300 characters."})
    said = answer_panel(actor=request.user, tenant=tenant, key=key, ticket=ticket, **form.cleaned_data)
    if request.headers.get("HX-Request"):
        return render(request, "tenants/desk/_answered.html", {"answer": said})
    messages.success(request, f"Noted: {said.get_verdict_display().lower()}. Thank you.")
    back = reverse("tenants:panel", args=[slug, key])
    return redirect(f"{back}?{urlencode({'ticket': ticket})}" if ticket else back)


@never_cache
@require_GET
@needs("review")
def reviews(request: StaffRequest) -> HttpResponse:
    sections = [section(person=request.user) for section in review_sections]
    return render(request, "reviews.html", {"sections": sections})


@never_cache
@require_GET
@needs("review", "decide")
def board(request: StaffRequest) -> HttpResponse:
    return render(request, "tenants/desk/board.html", {"board": measures()})

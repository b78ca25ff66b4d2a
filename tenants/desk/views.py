from typing import Any
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
from tenants.desk.actions import answer_panel, note_reviews_opened, open_portfolio, write_note
from tenants.desk.board import measures
from tenants.desk.forms import AnswerForm, NoteForm
from tenants.desk.home import needing_somebody
from tenants.desk.queries import book_of, lines_for, notes_of, watched_by
from tenants.models import Tenant
from tenants.queries import get_tenant_for
from tenants.tickets import ticket_of


@never_cache
@require_POST
@needs("see")
def answer(request: StaffRequest, slug: str, key: str) -> HttpResponse:
    tenant, ticket = find_tenant_for(request.user, slug), ticket_of(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Invalid(
            {
                "verdict": "Choose yes, no, had to guess or asked engineering; the line has room for 300 characters."
            }
        )
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
    note_reviews_opened(actor=request.user)
    found = [section(person=request.user) for section in review_sections]
    sections = sorted(found, key=_place)
    return render(request, "reviews.html", {"sections": sections})


def _place(section: dict[str, Any]) -> int:
    """First what waits for somebody, then what closes the review, then what is only to be known."""
    return 0 if "count" in section else 1 if section.get("closing") else 2


@never_cache
@require_GET
@needs("review", "decide")
def board(request: StaffRequest) -> HttpResponse:
    return render(request, "tenants/desk/board.html", {"board": measures()})


@never_cache
@require_GET
@needs("see")
def portfolio(request: StaffRequest) -> HttpResponse:
    tenants, left_out = book_of(request.user)
    page = open_portfolio(actor=request.user, tenants=tenants, left_out=left_out)
    context = {"page": page, "lines": lines_for(tenants)}
    return render(request, "tenants/desk/portfolio.html", context)


@never_cache
@require_GET
@needs("see")
def attention(request: StaffRequest) -> HttpResponse:
    """The part of the home page on who needs somebody; fetched after the page, for it asks the product and is recorded."""
    tenants, left_out = watched_by(request.user)
    page = open_portfolio(actor=request.user, tenants=tenants, left_out=left_out)
    return render(request, "tenants/desk/_attention.html", {"page": page, "found": needing_somebody(page)})


@never_cache
@require_GET
@needs("see")
def portfolio_tenant(request: StaffRequest, slug: str) -> HttpResponse:
    return _tenant_page(request, get_tenant_for(request.user, slug), NoteForm())


@require_POST
@needs("see")
def add_note(request: StaffRequest, slug: str) -> HttpResponse:
    tenant, form = get_tenant_for(request.user, slug), NoteForm(request.POST)
    if not form.is_valid():
        return _tenant_page(request, tenant, form, status=422)
    write_note(actor=request.user, tenant=tenant, text=form.cleaned_data["text"])
    messages.success(request, "Your note is kept.")
    return redirect("desk:portfolio-tenant", slug=slug)


def _tenant_page(request: StaffRequest, tenant: Tenant, form: NoteForm, status: int = 200) -> HttpResponse:
    page = open_portfolio(actor=request.user, tenants=[tenant])
    context = {
        "page": page,
        "found": page.tenants[0],
        "lines": lines_for([tenant]),
        "notes": notes_of(tenant),
        "form": form,
    }
    return render(request, "tenants/desk/portfolio_tenant.html", context, status=status)

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants.actions.attaching import attach_facts, read_facts
from grants.queries import get_case_for
from grants.queries.facts import get_facts_for


@require_POST
@needs("ask")
def attach(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = get_case_for(request.user, case_id)
    fact = attach_facts(actor=request.user, case=case, panel=request.POST.get("panel", ""))
    messages.success(request, f"The {fact} are attached to {case.ticket}.")
    return redirect(case)


@never_cache
@require_GET
@needs("ask", "decide", "review")
def facts(request: StaffRequest, case_id: UUID, fact_id: UUID) -> HttpResponse:
    fact = read_facts(actor=request.user, fact=get_facts_for(request.user, case_id, fact_id))
    return render(request, "grants/facts.html", {"fact": fact, "case": fact.case})

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import needs, step_up
from accounts.http import StaffRequest
from grants import actions
from grants.actions.reviewing import note_request_read
from grants.glass_forms import GlassForm, ReviewForm
from grants.queries import get_case_for
from grants.queries.asking import glass_for
from grants.queries.glass import get_glass_for, story_of_glass
from opsconsole.lib.errors import Invalid

OPEN_NOW = "Your access is open. Everybody who decides was told, and a review is owed."


@require_http_methods(["GET", "HEAD", "POST"])
@step_up("break_glass")
@needs("ask")
def break_glass(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case, glass = get_case_for(request.user, case_id), glass_for(request.user)
    form = GlassForm(request.POST or None, initial={"scopes": []})
    status = 422 if request.method == "POST" else 200 if glass else 403
    if request.method == "POST" and form.is_valid():
        try:
            grant = actions.break_glass(actor=request.user, case_id=case.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.warning(request, OPEN_NOW)
            return redirect(grant)
    context = {"case": case, "form": form, "glass": glass}
    return render(request, "grants/break_glass.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("review")
def review(request: StaffRequest, glass_id: UUID) -> HttpResponse:
    found = get_glass_for(request.user, glass_id)
    form = ReviewForm(request.POST or None)
    if request.method != "POST":
        note_request_read(actor=request.user, request=found.glass.request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.review_glass(actor=request.user, glass_id=found.glass.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "Your review is kept.")
            return redirect(reverse("desk:reviews") + "#break-glass")
    context = {"found": found, "glass": found.glass, "form": form, "story": story_of_glass(found)}
    return render(request, "grants/glass.html", context, status=422 if request.method == "POST" else 200)

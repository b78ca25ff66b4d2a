from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants.matching import actions
from grants.matching.forms import PeriodForm
from grants.matching.listing import finding_for
from opsconsole.lib.errors import Invalid


@require_POST
@needs("review")
def close(request: StaffRequest, finding_id: UUID) -> HttpResponse:
    found = finding_for(request.user.pk, finding_id)
    typed = {name: request.POST.get(name, "") for name in ("word", "comment")}
    actions.close_finding(actor=request.user, finding_id=found.row.pk, **typed)
    messages.success(request, "Your word is kept with your name.")
    return redirect(f"{reverse('desk:reviews')}#use")


@require_POST
@needs("review")
def mark_period(request: StaffRequest) -> HttpResponse:
    form = PeriodForm(request.POST)
    if not form.is_valid():
        raise Invalid(form.sentences())
    mark = actions.review_period(actor=request.user, **form.cleaned_data)
    messages.success(request, f"Marked as reviewed: {mark.closed} closed, {mark.left_open} left open.")
    return redirect(f"{reverse('desk:reviews')}#period")

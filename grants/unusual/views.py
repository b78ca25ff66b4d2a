from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants.unusual import actions
from grants.unusual.listing import flag_of


@require_POST
@needs("review")
def dismiss(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    row = flag_of(flag_id)
    actions.dismiss_flag(actor=request.user, flag_id=row.pk, comment=request.POST.get("comment", ""))
    messages.success(request, "Dismissed. Your sentence is kept with your name.")
    return redirect(f"{reverse('desk:reviews')}#unusual")


@require_POST
@needs("review")
def escalate(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    row = flag_of(flag_id)
    actions.escalate_flag(actor=request.user, flag_id=row.pk, comment=request.POST.get("comment", ""))
    messages.success(request, "Handed on. Those who manage people are told.")
    return redirect(f"{reverse('desk:reviews')}#unusual")

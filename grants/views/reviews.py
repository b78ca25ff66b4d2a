from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants.actions.reviewing import review_grant, review_team
from grants.queries import get_grant_for


@require_POST
@needs("review")
def close_grant(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    review_grant(actor=request.user, grant_id=found.pk, **_typed(request))
    return _back(request)


@require_POST
@needs("review")
def close_team(request: StaffRequest, team: str, week: str) -> HttpResponse:
    try:
        monday = date.fromisoformat(week)
    except ValueError:
        raise Http404("No week.") from None
    review_team(actor=request.user, team=team, week=monday, **_typed(request))
    return _back(request)


def _typed(request: StaffRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("word", "comment")}


def _back(request: StaffRequest) -> HttpResponse:
    messages.success(request, "Your word is kept with your name.")
    return redirect(f"{reverse('desk:reviews')}#access")

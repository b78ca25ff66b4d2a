from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from accounts.queries import powers_of
from grants.campaigns import actions
from grants.campaigns.forms import AnswerForm, OpenForm
from grants.campaigns.listing import (
    campaign_of,
    campaigns_listed,
    closing_event,
    counted,
    holders_of,
    item_of,
)
from grants.campaigns.result import result_of
from grants.campaigns.rules import standing_rules_in_force
from opsconsole.lib.errors import Invalid
from opsconsole.lib.typed import TypedForm

SHOWN = 40


@never_cache
@require_http_methods(["GET", "POST"])
@needs("review", "manage_people")
def campaigns(request: StaffRequest) -> HttpResponse:
    """The access reviews, and the form to begin one."""
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = actions.open_review(actor=request.user, **form.asked())
        messages.success(request, "The review has begun. Who is asked was told.")
        return redirect(row)
    context: dict[str, Any] = {
        "form": form,
        "rules": standing_rules_in_force(),
        "may": powers_of(request.user).may,
        "found": campaigns_listed()[:SHOWN],
    }
    return render(request, "grants/campaigns/list.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_GET
@needs("review", "manage_people")
def campaign(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    row = campaign_of(campaign_id)
    context = {
        "review": row,
        "holders": holders_of(row, request.user),
        "counted": counted(row),
        "closed": closing_event(row),
        "rules": standing_rules_in_force(),
        "reduced_days": actions.usual_days(),
        "may": powers_of(request.user).may,
    }
    return render(request, "grants/campaigns/review.html", context)


@require_POST
@needs("review", "manage_people")
def answer(request: StaffRequest, item_id: UUID) -> HttpResponse:
    row, form = item_of(item_id), AnswerForm(request.POST)
    if not form.is_valid():
        raise Invalid(_sentences(form))
    item = actions.answer_line(actor=request.user, item_id=row.pk, answer=form.answer())
    messages.success(request, f"{item.get_decision_display()}: {item.what}.")
    return redirect(f"{reverse('grants:campaign', args=[item.campaign_id])}#person-{item.person_id}")


@require_POST
@needs("review", "manage_people")
def close(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    row = actions.close_review(actor=request.user, campaign_id=campaign_of(campaign_id).pk)
    messages.success(request, "The review is closed, and its result is in the log.")
    return redirect(row)


@never_cache
@require_GET
@needs("review", "manage_people")
def result(request: StaffRequest, campaign_id: UUID) -> HttpResponse:
    """The result of a closed review as a file; its digest stands in the event that closed it."""
    row = campaign_of(campaign_id)
    if not row.closed_at:
        raise actions.LinesWait("The result is there once the review is closed.", state="open")
    answer = HttpResponse(result_of(row), content_type="application/json")
    answer["Content-Disposition"] = (
        f'attachment; filename="access-review-{row.closed_at:%Y-%m-%d}-{str(row.pk)[:8]}.json"'
    )
    return answer


def _sentences(form: TypedForm) -> dict[str, str]:
    return {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}

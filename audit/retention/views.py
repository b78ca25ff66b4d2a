from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit import pages
from audit.evidence.subjects import NothingThere
from audit.forms import with_fault
from audit.models import LegalHold, MonthArchive
from audit.queries import TooWide
from audit.refs import Staff
from audit.retention import actions
from audit.retention.forms import HoldForm, LiftForm
from audit.retention.pages import hold_rows, month_rows, value_rows
from audit.retention.queries import holds_for
from opsconsole.lib.doors import needs, step_up
from opsconsole.lib.errors import Invalid

HOLDS_SHOWN = 100
ARCHIVES_SHOWN = 24


@require_GET
@needs("review")
def overview(request: HttpRequest) -> HttpResponse:
    return _page(request, HoldForm())


@require_POST
@step_up(actions.ACT)
@needs("hold")
def place(request: HttpRequest) -> HttpResponse:
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        hold = actions.place_hold(actor=_actor(request), **form.asked())
    except (Invalid, NothingThere, TooWide) as error:
        return _page(request, with_fault(form, error), status=getattr(error, "status", 404))
    messages.success(request, f"A legal hold stands on {hold}. Nothing it covers is erased or archived.")
    return redirect("audit:retention")


@require_POST
@step_up(actions.ACT)
@needs("hold")
def lift(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    hold = holds_for(request.user).filter(pk=hold_id).first()
    if hold is None:
        raise Http404("There is no such legal hold.")
    form = LiftForm(request.POST, auto_id=f"lift_{hold.pk}_%s")
    if not form.is_valid():
        return _page(request, HoldForm(), lifting=(hold, form), status=422)
    try:
        actions.lift_hold(actor=_actor(request), hold_id=hold.pk, reason=form.cleaned_data["reason"])
    except Invalid as error:
        return _page(request, HoldForm(), lifting=(hold, with_fault(form, error)), status=422)
    messages.success(request, f"The legal hold on {hold} is lifted.")
    return redirect("audit:retention")


def _page(
    request: HttpRequest,
    form: HoldForm,
    *,
    lifting: tuple[LegalHold, LiftForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "tabs": pages.tabs(request, "retention"),
        "form": form,
        "holds": hold_rows(_actor(request), holds_for(request.user)[:HOLDS_SHOWN], lifting),
        "values": value_rows(),
        "months": month_rows(),
        "archives": MonthArchive.objects.all()[:ARCHIVES_SHOWN],
    }
    return render(request, "audit/retention.html", context, status=status)


def _actor(request: HttpRequest) -> Staff:
    return cast("Staff", request.user)

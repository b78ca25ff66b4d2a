from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from audit import pages
from audit.disclosure import actions
from audit.disclosure.forms import DiscloseForm, EraseForm
from audit.disclosure.queries import Commitment, Kept, commitments_of
from audit.forms import with_fault
from audit.models import Event
from audit.queries import get_event_for
from audit.refs import Staff
from opsconsole.lib.doors import needs, step_up
from opsconsole.lib.errors import Invalid


@require_http_methods(["GET", "POST"])
@step_up(actions.ACT)
@needs("disclose")
def disclose(request: HttpRequest, event_id: UUID, name: str) -> HttpResponse:
    seen = _committed(request, event_id, name)
    form = DiscloseForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, seen, form=form)
    reason = form.cleaned_data["reason"]
    try:
        kept = actions.disclose_value(actor=_actor(request), event=seen[0], name=name, reason=reason)
    except Invalid as error:
        return _page(request, seen, form=with_fault(form, error))
    return _page(request, seen, form=form, kept=kept)


@require_http_methods(["POST"])
@step_up(actions.ACT)
@needs("disclose")
def erase(request: HttpRequest, event_id: UUID, name: str) -> HttpResponse:
    seen = _committed(request, event_id, name)
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _page(request, seen, erasing=form)
    data = form.cleaned_data
    asked = {"actor": _actor(request), "event": seen[0], "request": data["request"], "reason": data["reason"]}
    try:
        if data["everywhere"]:
            actions.erase_all_about(**asked)
        else:
            actions.erase_value(**asked, name=name)
    except Invalid as error:
        return _page(request, seen, erasing=with_fault(form, error))
    messages.success(request, "It is erased. The event and its proof stay as they are.")
    return redirect("audit:event", event_id=event_id)


def _committed(request: HttpRequest, event_id: UUID, name: str) -> tuple[Event, Commitment]:
    event = get_event_for(request.user, event_id)
    found = {commitment.name: commitment for commitment in commitments_of(event)}
    if name not in found:
        raise Http404("This event commits to no such value.")
    return event, found[name]


def _page(
    request: HttpRequest,
    seen: tuple[Event, Commitment],
    *,
    form: DiscloseForm | None = None,
    erasing: EraseForm | None = None,
    kept: Kept | None = None,
) -> HttpResponse:
    context = {
        "event": seen[0],
        "commitment": seen[1],
        "kept": kept,
        "keys": pages.trusted_keys(),
        "form": form or DiscloseForm(),
        "erasing": erasing or EraseForm(),
    }
    wrong = any(one.is_bound and one.errors for one in (form, erasing) if one)
    return render(request, "audit/value.html", context, status=422 if wrong else 200)


def _actor(request: HttpRequest) -> Staff:
    return cast("Staff", request.user)

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants import actions
from grants.actions.reviewing import note_access_read
from grants.forms import CommentForm, ExtendForm, HandOverForm
from grants.models import Grant
from grants.queries import get_grant_for
from grants.queries.shown import sections_for, shown_of_grant
from opsconsole.lib.errors import Invalid
from opsconsole.lib.typed import VerbForm

KNOWS = ("ask", "decide", "review", "manage_people")


@require_GET
@needs(*KNOWS)
def grant(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    note_access_read(actor=request.user, grant=found)
    return _page(request, found)


@require_POST
@needs(*KNOWS)
def revoke(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    actions.revoke(actor=request.user, grant_id=found.pk, comment=request.POST.get("comment", ""))
    messages.success(request, "The access has ended.")
    return redirect(found)


@require_POST
@needs("ask")
def extend(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    form = ExtendForm(request.POST, auto_id="more_%s")
    if form.is_valid():
        try:
            made = actions.extend(actor=request.user, grant_id=found.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "Your request for more time is on its way to the people who decide.")
            return redirect(made)
    return _page(request, found, extend_form=form, status=422)


@require_POST
@needs("ask")
def hand_over(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    form = HandOverForm(request.POST, auto_id="hand_%s")
    if form.is_valid():
        try:
            actions.hand_over(actor=request.user, grant_id=found.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "What was left of the time is now theirs.")
            return redirect(found)
    return _page(request, found, hand_form=form, status=422)


def _page(
    request: StaffRequest,
    found: Grant,
    *,
    extend_form: VerbForm | None = None,
    hand_form: VerbForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = shown_of_grant(found, request.user)
    context = shown | {
        "may_end": not shown["line"].is_over and actions.may_revoke(request.user, found),
        "form": CommentForm(),
        "extend_form": extend_form or ExtendForm(auto_id="more_%s"),
        "hand_form": hand_form or HandOverForm(auto_id="hand_%s"),
        "sections": sections_for(found, request.user),
    }
    return render(request, "grants/grant.html", context, status=status)

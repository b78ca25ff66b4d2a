from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants import actions
from grants.actions.reviewing import note_request_opened, note_request_read
from grants.forms import ApproveForm, CommentForm
from grants.models import AccessRequest
from grants.queries import get_request_for
from grants.queries.lists import page_of_queue
from grants.queries.shown import shown_of_request
from opsconsole.lib.errors import Invalid
from opsconsole.lib.typed import VerbForm


@require_GET
@needs("decide")
def requests(request: StaffRequest) -> HttpResponse:
    page = page_of_queue(request.user, request.GET.get("after", ""))
    return render(request, "grants/requests.html", {"page": page})


@require_GET
@needs("ask", "decide", "review")
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    asked = get_request_for(request.user, request_id)
    note_request_opened(actor=request.user, request=asked)
    note_request_read(actor=request.user, request=asked)
    return _page(request, asked)


@require_POST
@needs("decide")
def approve(request: StaffRequest, request_id: UUID) -> HttpResponse:
    asked = get_request_for(request.user, request_id)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            approval = actions.approve(actor=request.user, request_id=asked.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            over = approval.request.status == AccessRequest.Status.APPROVED
            messages.success(request, "Approved." if over else "Approved. It waits for one more person.")
            return redirect(asked)
    return _page(request, asked, approve_form=form, status=422)


@require_POST
@needs("decide")
def deny(request: StaffRequest, request_id: UUID) -> HttpResponse:
    return _say(request, request_id, actions.deny, "Denied. The person who asked is told why.")


@require_POST
@needs("decide")
def ask_back(request: StaffRequest, request_id: UUID) -> HttpResponse:
    return _say(request, request_id, actions.ask_back, "Your question is on its way.")


@require_POST
@needs("ask", "decide")
def answer(request: StaffRequest, request_id: UUID) -> HttpResponse:
    return _say(
        request,
        request_id,
        actions.answer,
        "Your answer is on its way; the request waits for a decision again.",
    )


def _say(request: StaffRequest, request_id: UUID, verb: Callable[..., object], done: str) -> HttpResponse:
    """Run a verb that takes a comment, and show the request again where the comment will not do."""
    asked = get_request_for(request.user, request_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            verb(actor=request.user, request_id=asked.pk, comment=form.cleaned_data["comment"])
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, done)
            return redirect(asked)
    return _page(request, asked, say_form=form, status=422)


@require_POST
@needs("ask", "decide")
def withdraw(request: StaffRequest, request_id: UUID) -> HttpResponse:
    asked = get_request_for(request.user, request_id)
    actions.withdraw(actor=request.user, request_id=asked.pk, comment=request.POST.get("comment", ""))
    messages.success(request, "Your request is taken back.")
    return redirect(asked)


def _page(
    request: StaffRequest,
    asked: AccessRequest,
    *,
    approve_form: VerbForm | None = None,
    say_form: VerbForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = shown_of_request(asked, request.user)
    minutes = shown["question"].remaining.minutes
    context = shown | {
        "approve_form": approve_form or ApproveForm(initial={"minutes": minutes}),
        "say_form": say_form or CommentForm(),
    }
    return render(request, "grants/request.html", context, status=status)

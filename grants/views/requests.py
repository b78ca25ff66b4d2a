from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants import actions
from grants.forms import ApproveForm, CommentForm, VerbForm
from grants.models import AccessRequest
from grants.queries import decidable_requests, get_request_for
from grants.queries.lists import page_of_queue
from grants.queries.pages import question_of, story_of
from opsconsole.lib.errors import Invalid


@require_GET
@needs("decide")
def requests(request: StaffRequest) -> HttpResponse:
    page = page_of_queue(request.user, request.GET.get("after", ""))
    return render(request, "grants/requests.html", {"page": page})


@require_GET
@needs("ask", "decide", "review")
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    return _page(request, get_request_for(request.user, request_id))


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
    asked = get_request_for(request.user, request_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            actions.deny(actor=request.user, request_id=asked.pk, comment=form.cleaned_data["comment"])
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "Denied. The person who asked is told why.")
            return redirect(asked)
    return _page(request, asked, deny_form=form, status=422)


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
    deny_form: VerbForm | None = None,
    status: int = 200,
) -> HttpResponse:
    question = question_of(asked)
    context = {
        "asked": asked,
        "question": question,
        "approve_form": approve_form or ApproveForm(initial={"minutes": question.remaining.minutes}),
        "deny_form": deny_form or CommentForm(prefix=None),
        "may_decide": decidable_requests(request.user).filter(pk=asked.pk).exists(),
        "may_withdraw": request.user.pk in (asked.requester_id, asked.person_id)
        and asked.status in AccessRequest.OPEN,
        "story": story_of(request_id=asked.pk),
    }
    return render(request, "grants/request.html", context, status=status)

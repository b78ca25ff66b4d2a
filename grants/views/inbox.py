from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs, signed_in
from accounts.http import StaffRequest
from accounts.queries import powers_of
from grants.actions.reading import mark_read
from grants.actions.resending import retry_message
from grants.queries.inbox import VIEWS, channel_lines, given_up, page_of_inbox


@require_GET
@signed_in
def inbox(request: StaffRequest) -> HttpResponse:
    view = request.GET.get("show", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    page = page_of_inbox(request.user, view, request.GET.get("after", ""))
    return render(request, "grants/inbox.html", {"page": page, "view": view, "tabs": _tabs(request, view)})


def _tabs(request: StaffRequest, view: str) -> list[dict[str, object]]:
    """Return the three views; only those who decide are shown what waits for a decision."""
    titles = {"unread": "New", "decide": "To decide", "all": "Everything"}
    if "decide" not in powers_of(request.user).may:
        titles.pop("decide")
    return [{"title": titles[key], "url": f"?show={key}", "current": key == view} for key in titles]


@require_POST
@signed_in
def read(request: StaffRequest) -> HttpResponse:
    named = request.POST.getlist("notice")
    try:
        ids = None if request.POST.get("all") == "yes" else [UUID(text) for text in named]
    except ValueError:
        raise Http404("No notice.") from None
    mark_read(actor=request.user, notices=ids)
    view = request.POST.get("show", "")
    return redirect(reverse("grants:inbox") + (f"?{urlencode({'show': view})}" if view in VIEWS[1:] else ""))


@require_GET
@needs("manage_people")
def deliveries(request: StaffRequest) -> HttpResponse:
    context = {"channels": channel_lines(), "given_up": given_up()}
    return render(request, "grants/deliveries.html", context)


@require_POST
@needs("manage_people")
def retry(request: StaffRequest, message_id: UUID) -> HttpResponse:
    retry_message(actor=request.user, message_id=message_id)
    messages.success(request, "The message is on its way again.")
    return redirect("grants:deliveries")

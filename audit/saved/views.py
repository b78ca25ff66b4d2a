from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from audit import pages
from audit.forms import ExplorerForm
from audit.refs import Staff
from audit.saved import actions
from audit.saved.forms import ViewForm
from audit.saved.queries import own_view
from opsconsole.lib.doors import needs
from opsconsole.lib.errors import Invalid


@require_POST
@needs("review")
def save(request: HttpRequest) -> HttpResponse:
    form, search = ViewForm(request.POST), ExplorerForm(request.POST)
    if not form.is_valid() or not search.is_valid():
        raise Invalid(
            {"name": "Give the search a name of at most 80 characters, and search for something first."}
        )
    view = actions.save_view(
        actor=_actor(request),
        name=form.cleaned_data["name"],
        query=pages.typed_filters(request.POST),
        filters=search.filters().names(),
        shared=form.cleaned_data["shared"],
    )
    messages.success(request, f"“{view.name}” is kept.")
    return redirect(view)


@require_POST
@needs("review")
def share(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = own_view(_actor(request), view_id)
    view = actions.share_view(
        actor=_actor(request), view_id=view.pk, shared=request.POST.get("shared") == "yes"
    )
    messages.success(request, "All reviewers see it." if view.shared else "Only you see it.")
    return redirect(view)


@require_POST
@needs("review")
def remove(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = own_view(_actor(request), view_id)
    actions.remove_view(actor=_actor(request), view_id=view.pk)
    messages.success(request, f"“{view.name}” is removed.")
    return redirect("audit:explorer")


def _actor(request: HttpRequest) -> Staff:
    return cast("Staff", request.user)

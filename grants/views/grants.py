from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants import actions
from grants.forms import CommentForm
from grants.queries import get_grant_for
from grants.queries.pages import bounds_of, grant_line, story_of
from opsconsole.lib.clock import database_now

KNOWS = ("ask", "decide", "review", "manage_people")


@require_GET
@needs(*KNOWS)
def grant(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    line = grant_line(found, database_now())
    context = {
        "line": line,
        "grant": found,
        "bounds": bounds_of({scope.key for scope in line.scopes}, found.person),
        "may_end": not line.is_over and actions.may_revoke(request.user, found),
        "is_mine": found.person_id == request.user.pk,
        "form": CommentForm(),
        "story": story_of(grant_id=found.pk),
    }
    return render(request, "grants/grant.html", context)


@require_POST
@needs(*KNOWS)
def revoke(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    actions.revoke(actor=request.user, grant_id=found.pk, comment=request.POST.get("comment", ""))
    messages.success(request, "The access has ended.")
    return redirect(found)

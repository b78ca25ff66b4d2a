from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import needs
from accounts.http import StaffRequest
from accounts.sign_ins.queries import sign_in_here
from grants.models import Grant
from grants.queries import get_grant_for
from impersonation import actions, marks
from impersonation.forms import StartForm
from impersonation.models import SupportSession
from impersonation.queries.doors import get_session_for
from impersonation.queries.start import start_of
from impersonation.queries.story import approvers_of, story_of
from impersonation.queries.subjects import Subjects
from impersonation.queries.wall import wall_of
from opsconsole.lib.doors import step_up
from opsconsole.lib.errors import Invalid

KNOWS = ("act", "ask", "decide", "review", "manage_people")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("act")
@step_up("start_session")
def start(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    found = get_grant_for(request.user, grant_id)
    if request.method != "POST":
        return _start_page(request, found)
    form = StartForm(request.POST, auto_id="start_%s")
    if form.is_valid():
        try:
            made = actions.start_session(
                actor=request.user, grant=found, sign_in=sign_in_here(request), **form.wish
            )
        except Invalid as error:
            form.take(error)
        else:
            back = marks.page_of(request.POST.get("next", ""), found.get_absolute_url())
            marks.keep(request, made, ", ".join(approvers_of(found)), back)
            return redirect(made)
    return _start_page(request, found, form=form, status=422)


@require_safe
@needs(*KNOWS)
def wall(request: StaffRequest) -> HttpResponse:
    is_part = bool(request.headers.get("HX-Request"))
    template = "impersonation/_wall.html" if is_part else "impersonation/wall.html"
    return render(request, template, {"wall": wall_of(request.user)})


@require_safe
@needs(*KNOWS)
def session(request: StaffRequest, session_id: UUID) -> HttpResponse:
    found = get_session_for(request.user, session_id)
    actions.note_story_read(actor=request.user, session=found)
    context = {"story": story_of(found, request.user), "may_end": _may_end(request, found)}
    return render(request, "impersonation/session.html", context)


@require_POST
@needs(*KNOWS)
def end(request: StaffRequest, session_id: UUID) -> HttpResponse:
    found = get_session_for(request.user, session_id)
    ended = actions.end_session(actor=request.user, session_id=found.pk)
    back = marks.drop(request) if marks.kept(request) == found.pk else ""
    words = "The support session has ended." if ended else "The support session had ended already."
    where = " Its story stands under Support sessions." if back == found.grant.get_absolute_url() else ""
    messages.success(request, f"{words}{where}")
    return redirect(back or found)


@require_POST
@needs("decide", "manage_people")
def end_all(request: StaffRequest) -> HttpResponse:
    count = actions.end_all(actor=request.user)
    messages.success(request, f"{count} support session{'' if count == 1 else 's'} ended.")
    return redirect("impersonation:wall")


def _may_end(request: StaffRequest, found: SupportSession) -> bool:
    return found.ended_at is None and actions.may_end(request.user, found)


def _start_page(
    request: StaffRequest, grant: Grant, *, form: StartForm | None = None, status: int = 200
) -> HttpResponse:
    start = start_of(grant, request.user)
    context: dict[str, Any] = {
        "start": start,
        "form": form or StartForm(initial={"minutes": start.rules.default_minutes}, auto_id="start_%s"),
        "q": request.GET.get("q", "").strip()[:100],
        "next": marks.page_of(
            request.POST.get("next") or request.GET.get("next", ""), grant.get_absolute_url()
        ),
    }
    if start.may_start and start.modes:
        context["subjects"] = _subjects(request, grant, context)
    return render(request, "impersonation/start.html", context, status=status)


def _subjects(request: StaffRequest, grant: Grant, context: dict[str, Any]) -> Subjects | None:
    try:
        return actions.offer_subjects(actor=request.user, grant=grant, text=context["q"])
    except Invalid as error:
        context["unreadable"] = error.sentence
        return None

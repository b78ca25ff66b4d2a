from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import set_roles
from accounts.doors import needs, step_up
from accounts.effective.queries import access_on
from accounts.http import StaffRequest
from accounts.leaving.actions import off_board
from accounts.people import pages
from accounts.people.forms import KeepRightForm, OffBoardForm, RightForm, RolesForm
from accounts.people.queries import people_lines, person_for_page, right_for_page
from accounts.rights.actions import give_right, renew_right, take_right
from accounts.rights.kinds import kinds
from opsconsole.lib.errors import Invalid
from opsconsole.lib.typed import VerbForm


@never_cache
@require_GET
@needs("manage_people", "review")
def people(request: StaffRequest) -> HttpResponse:
    left = request.GET.get("show") == "left"
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    slug = request.GET.get("tenant", "").strip()
    if slug:
        return redirect("people:tenant", slug=slug)
    return render(
        request, "people/list.html", {"found": people_lines(text, left=left), "q": text, "left": left}
    )


@never_cache
@require_GET
@needs("manage_people", "review")
def person(request: StaffRequest, person_id: UUID) -> HttpResponse:
    return _page(request, person_id)


def _page(request: StaffRequest, person_id: UUID, status: int = 200, **forms: Any) -> HttpResponse:
    context = pages.person_page(request, person_for_page(person_id), **forms)
    return render(request, "people/person.html", context, status=status)


def _done(
    request: StaffRequest, person_id: UUID, part: str, form: VerbForm, verb: Callable[[], str]
) -> HttpResponse:
    """Answer one of the forms of a person's page. `verb` returns what to say, or raises `Invalid`."""
    if form.is_valid():
        try:
            said = verb()
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, said)
            return redirect("people:person", person_id=person_id)
    return _page(request, person_id, 422, **{part: form})


@require_POST
@step_up("people")
@needs("manage_people")
def off_board_view(request: StaffRequest, person_id: UUID) -> HttpResponse:
    leaver, form = person_for_page(person_id), OffBoardForm(request.POST)

    def verb() -> str:
        ended = off_board(actor=request.user, person=leaver, **form.cleaned_data)
        return f"{leaver} is off-boarded. {len(ended)} things ended; they are listed below."

    return _done(request, person_id, "off_board", form, verb)


@require_POST
@step_up("people")
@needs("manage_people")
def roles(request: StaffRequest, person_id: UUID) -> HttpResponse:
    somebody, form = person_for_page(person_id), RolesForm(request.POST)

    def verb() -> str:
        set_roles(actor=request.user, person=somebody, **form.cleaned_data)
        return f"The roles of {somebody} are changed. What they no longer allow has ended."

    return _done(request, person_id, "roles", form, verb)


@require_POST
@step_up("people")
@needs("manage_people")
def give(request: StaffRequest, person_id: UUID) -> HttpResponse:
    somebody, form = person_for_page(person_id), RightForm(request.POST)

    def verb() -> str:
        right = form.cleaned_data["right"]
        obj = kinds[right].find(form.cleaned_data["on"])
        give_right(actor=request.user, person=somebody, right=right, obj=obj, terms=form.terms())
        return f"{somebody} has the right from now on."

    return _done(request, person_id, "right", form, verb)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up("people")
@needs("manage_people")
def right(request: StaffRequest, right_id: UUID) -> HttpResponse:
    line = right_for_page(right_id)
    form = KeepRightForm(request.POST or None, initial=KeepRightForm.of(line.row))
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            renew_right(actor=request.user, right_id=right_id, terms=form.terms(), seen=seen)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "The right stands on these terms.")
            return redirect("people:person", person_id=line.row.person_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/right.html", {"line": line, "form": form}, status=status)


@require_POST
@step_up("people")
@needs("manage_people")
def take(request: StaffRequest, right_id: UUID) -> HttpResponse:
    row = take_right(actor=request.user, right_id=right_id, comment=request.POST.get("comment", ""))
    messages.success(request, "The right has ended.")
    return redirect("people:person", person_id=row.person_id)


@never_cache
@require_GET
@needs("manage_people", "review")
def tenant(request: StaffRequest, slug: str) -> HttpResponse:
    try:
        found = kinds["view_tenant"].find(slug)
    except Invalid:
        raise Http404("There is no such tenant.") from None
    return render(request, "people/tenant.html", {"tenant": found, "ways": access_on(found)})

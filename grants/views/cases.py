from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants import actions
from grants.actions.cases import CaseAlreadyOpen
from grants.actions.reviewing import note_case_read
from grants.forms import AskForm, CaseForm, CloseForm, NoteForm
from grants.models import AccessRequest, Case
from grants.queries import get_case_for
from grants.queries.asking import first_wish, shown_to_ask
from grants.queries.lists import page_of_cases
from grants.queries.pages import default_minutes
from grants.queries.shown import shown_of_case
from opsconsole.lib.errors import Invalid

PREFILLED = ("ticket", "tenant")


@require_GET
@needs("ask", "decide", "review")
def cases(request: StaffRequest) -> HttpResponse:
    page = page_of_cases(request.user, request.GET.get("after", ""))
    return render(request, "grants/cases.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("ask")
def new_case(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        form = CaseForm(initial={name: request.GET.get(name, "") for name in PREFILLED})
        return render(request, "grants/case_new.html", {"form": form})
    form = CaseForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            return _open(request, form)
        except Invalid as error:
            form.take(error)
        except Http404:
            form.add_error("tenant", "There is no such tenant among those you work with.")
            status = 404
    return render(request, "grants/case_new.html", {"form": form}, status=status)


def _open(request: StaffRequest, form: CaseForm) -> HttpResponse:
    tenant = form.tenant_for(request.user)
    typed = {name: form.cleaned_data[name] for name in ("ticket", "issue", "notes")}
    try:
        case = actions.open_case(actor=request.user, tenant=tenant, **typed)
    except CaseAlreadyOpen as error:
        case = error.case
        messages.info(request, error.sentence)
    scopes = request.GET.getlist("scope")
    return redirect(
        case.get_absolute_url() + (f"?{urlencode({'scope': scopes}, doseq=True)}" if scopes else "")
    )


@require_GET
@needs("ask", "decide", "review")
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    found = get_case_for(request.user, case_id)
    note_case_read(actor=request.user, case=found)
    asked = first_wish(
        found, request.user, preset_key=request.GET.get("preset", ""), scopes=request.GET.getlist("scope")
    )
    return _case_page(request, found, AskForm(initial=asked | _minutes(request) | _shift(request)))


@require_POST
@needs("ask")
def ask(request: StaffRequest, case_id: UUID) -> HttpResponse:
    found = get_case_for(request.user, case_id)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            made = actions.request_access(actor=request.user, case_id=found.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            return _asked(request, made, form.cleaned_data["shift_ends"])
    return _case_page(request, found, form, status=422)


def _asked(request: StaffRequest, made: AccessRequest, shift_ends: str) -> HttpResponse:
    if shift_ends:
        request.session["shift_ends"] = shift_ends
    if made.status == AccessRequest.Status.APPROVED:
        messages.success(request, "The policy approves this by itself. Your access is open.")
    else:
        messages.success(request, "Your request is on its way to the people who decide.")
    return redirect(made)


def _minutes(request: StaffRequest) -> dict[str, str]:
    """Return the minutes that a link asks for, such as "just this, for 10 minutes"."""
    minutes = request.GET.get("minutes", "")
    return {"minutes": minutes} if minutes.isdecimal() and len(minutes) <= 4 else {}


def _shift(request: StaffRequest) -> dict[str, str]:
    return {"shift_ends": request.session["shift_ends"]} if "shift_ends" in request.session else {}


@require_POST
@needs("ask")
def take(request: StaffRequest, case_id: UUID) -> HttpResponse:
    found = get_case_for(request.user, case_id)
    try:
        actions.take_case(actor=request.user, case_id=found.pk)
    except CaseAlreadyOpen as error:
        messages.info(request, error.sentence)
        return redirect(error.case)
    messages.success(request, "This case is yours.")
    return redirect(found)


@require_POST
@needs("ask", "decide")
def note(request: StaffRequest, case_id: UUID) -> HttpResponse:
    found = get_case_for(request.user, case_id)
    form = NoteForm(request.POST, auto_id="note_%s")
    if form.is_valid():
        try:
            actions.note_case(actor=request.user, case_id=found.pk, texts=form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "Written down.")
            return redirect(found)
    blank = AskForm(initial={"minutes": default_minutes(request.user)})
    return _case_page(request, found, blank, note_form=form, status=422)


@require_POST
@needs("ask", "decide")
def close(request: StaffRequest, case_id: UUID) -> HttpResponse:
    found = get_case_for(request.user, case_id)
    form = CloseForm(request.POST, auto_id="close_%s")
    if form.is_valid():
        try:
            actions.close_case(actor=request.user, case_id=found.pk, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "The case is closed.")
            return redirect(found)
    blank = AskForm(initial={"minutes": default_minutes(request.user)})
    return _case_page(request, found, blank, close_form=form, status=422)


def _case_page(
    request: StaffRequest,
    case: Case,
    form: AskForm,
    *,
    close_form: CloseForm | None = None,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = shown_of_case(case, request.user) | {
        "form": form,
        **shown_to_ask(case, request.user, set(form["scopes"].value() or [])),
        "note_form": note_form or NoteForm(auto_id="note_%s"),
        "close_form": close_form or CloseForm(auto_id="close_%s"),
    }
    return render(request, "grants/case.html", context, status=status)

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import needs
from accounts.http import StaffRequest
from impersonation.models import ActionRun
from impersonation.running import actions
from impersonation.running.forms import ActionForm
from impersonation.running.queries import action_named, ask_url, own_session, read_seen
from opsconsole.lib.errors import Invalid

TONES = {
    "ok": messages.SUCCESS,
    "refused": messages.WARNING,
    "failed": messages.ERROR,
    "unknown": messages.ERROR,
}


@require_http_methods(["GET", "POST"])
@needs("act")
def action(request: StaffRequest, session_id: UUID, key: str) -> HttpResponse:
    if request.method == "GET":
        look = actions.look_at_action(actor=request.user, session_id=session_id, key=key)
        return _page(request, session_id, look, ActionForm(look.action))
    if request.POST.get("step") == "preview":
        return _preview(request, session_id, key)
    return _run(request, session_id, key)


@require_GET
@needs("act")
def ask(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """Where the product's refusal leads to: the form of the session's case, with the one scope that was missing."""
    session = own_session(request.user, session_id).session
    return redirect(ask_url(session, request.GET.get("scope", "")))


def _preview(request: StaffRequest, session_id: UUID, key: str) -> HttpResponse:
    form = ActionForm(action_named(key), request.POST)
    if not form.is_valid():
        look = actions.look_at_action(actor=request.user, session_id=session_id, key=key)
        return _page(request, session_id, look, form, status=422)
    look = actions.look_at_action(actor=request.user, session_id=session_id, key=key, typed=form.typed)
    if look.answer.outcome != "ok":
        return _page(request, session_id, look, form, status=409)
    final = ActionForm(look.action, initial={**form.typed, "seen": look.seen}, final=True)
    return _page(request, session_id, look, final)


def _run(request: StaffRequest, session_id: UUID, key: str) -> HttpResponse:
    form = ActionForm(action_named(key), request.POST, final="seen" in request.POST)
    if form.is_valid():
        try:
            run = actions.run_action(
                actor=request.user,
                session_id=session_id,
                key=key,
                typed=form.typed,
                seen=read_seen(form.cleaned_data["seen"]),
                tenant_name=request.POST.get("tenant_name", ""),
            )
        except Invalid as error:
            form.take(error)
        else:
            return _done(request, run)
    look = actions.look_at_action(actor=request.user, session_id=session_id, key=key)
    return _page(request, session_id, look, form, status=422)


def _done(request: StaffRequest, run: ActionRun) -> HttpResponse:
    words = actions.RESULTS[ActionRun.Outcome(run.outcome)] if run.outcome else "it is under way"
    messages.add_message(
        request, TONES.get(run.outcome, messages.INFO), f"{run.label}: {words}. {run.sentence}".strip()
    )
    return redirect("impersonation:session", run.session_id)


def _page(
    request: StaffRequest, session_id: UUID, look: actions.Look, form: ActionForm, **options: Any
) -> HttpResponse:
    context = {
        "session": own_session(request.user, session_id).session,
        "look": look,
        "form": form,
        "current": [{"label": label, "value": value} for label, value in look.answer.current.items()],
    }
    return render(request, "impersonation/action.html", context, **options)

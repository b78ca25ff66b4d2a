from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import pages
from audit.evidence import actions
from audit.evidence.forms import SUBJECTS, CommentForm, PackForm
from audit.evidence.pages import may_decide, pack_facts
from audit.evidence.queries import get_pack_for, packs_for, pieces_of
from audit.evidence.subjects import NothingThere
from audit.evidence.words import state_chip
from audit.forms import with_fault
from audit.models import EvidencePack
from audit.queries import TooWide
from audit.refs import Staff
from opsconsole.lib.doors import needs, step_up
from opsconsole.lib.errors import Invalid


@never_cache
@require_http_methods(["GET", "POST"])
@step_up(actions.ACT)
@needs("export")
def packs(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _list(request, PackForm(initial=request.GET.dict()))
    form = PackForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        pack = actions.ask_for_pack(actor=_actor(request), **form.asked())
    except (Invalid, NothingThere, TooWide) as error:
        return _list(request, with_fault(form, error), status=getattr(error, "status", 404))
    return redirect(pack)


def _list(request: HttpRequest, form: PackForm, status: int = 200) -> HttpResponse:
    page = packs_for(request.user, request.GET.get("cursor", ""))
    context = {
        "tabs": pages.tabs(request, "evidence"),
        "form": form,
        "subjects": [form[name] for name in (*SUBJECTS, "since", "until")],
        "rows": [(pack, state_chip(pack)) for pack in page.rows],
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
    }
    return render(request, "audit/evidence/packs.html", context, status=status)


@never_cache
@require_GET
@needs("export")
def pack(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    shown = get_pack_for(request.user, pack_id)
    if not request.headers.get("HX-Request"):
        return _page(request, shown, CommentForm())
    if shown.state == EvidencePack.State.MAKING:
        return render(request, "audit/evidence/_progress.html", {"pack": shown})
    return HttpResponse(headers={"HX-Refresh": "true"})


def _page(request: HttpRequest, shown: EvidencePack, form: CommentForm, status: int = 200) -> HttpResponse:
    context = {
        "pack": shown,
        "chip": state_chip(shown),
        "facts": pack_facts(shown),
        "may_decide": may_decide(_actor(request), shown),
        "form": form,
        "keys": pages.trusted_keys(),
    }
    return render(request, "audit/evidence/pack.html", context, status=status)


@require_POST
@step_up(actions.ACT)
@needs("export")
def approve(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    shown, form = get_pack_for(request.user, pack_id), CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    actions.approve_pack(actor=_actor(request), pack_id=shown.pk, comment=form.cleaned_data["comment"])
    messages.success(request, "You agreed to it. It is made now.")
    return redirect(shown)


@require_POST
@step_up(actions.ACT)
@needs("export")
def deny(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    shown, form = get_pack_for(request.user, pack_id), CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    try:
        actions.deny_pack(actor=_actor(request), pack_id=shown.pk, comment=form.cleaned_data["comment"])
    except Invalid as error:
        return _page(request, shown, with_fault(form, error), status=422)
    messages.success(request, "You did not agree to it.")
    return redirect(shown)


@never_cache
@require_GET
@step_up(actions.ACT)
@needs("export")
def file(request: HttpRequest, pack_id: UUID) -> StreamingHttpResponse:
    taken = actions.take_pack(actor=_actor(request), pack=get_pack_for(request.user, pack_id))
    answer = StreamingHttpResponse(pieces_of(taken), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{taken.file_name}"'
    answer["Content-Length"] = str(taken.size)
    return answer


def _actor(request: HttpRequest) -> Staff:
    return cast("Staff", request.user)

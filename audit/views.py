from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit import integrity as proving
from audit import pages
from audit.actions import note_event_opened, note_proof_taken, note_search
from audit.disclosure.queries import commitments_of
from audit.estimates import about_how_many
from audit.forms import ConsistencyForm, ExplorerForm, HeadForm
from audit.middleware import actor_of
from audit.models import Event
from audit.queries import (
    TooWide,
    count_exactly,
    explorer_page,
    get_event_for,
    grouped,
    place_of,
    story_of,
    surroundings,
)
from audit.refs import Staff
from audit.retention.archived import archived_event
from audit.saved.pages import kept_searches
from audit.seal import store
from audit.seal.proofs import proof_of
from audit.streams.queries import standings
from opsconsole.lib.doors import needs, public
from opsconsole.lib.paging import from_cursor


@require_GET
@needs("review")
def explorer(request: HttpRequest) -> HttpResponse:
    form = ExplorerForm(request.GET)
    if not form.is_valid():
        return _explorer(request, form, status=422)
    filters, cursor = form.filters(), request.GET.get("cursor", "")
    if from_cursor(cursor, place_of(request.user, filters)) is None:
        note_search(actor=actor_of(request), filters=filters.names())
    chips = pages.chips(request.GET, filters.names())
    try:
        page = explorer_page(request.user, filters, cursor)
        about = about_how_many(request.user, filters) if page.next_cursor else ""
    except TooWide as refusal:
        return _explorer(request, form, status=422, too_wide=refusal.sentence, chips=chips)
    more = pages.pager(request.GET, page, filters) | pages.beside(request.GET, filters)
    return _explorer(request, form, chips=chips, groups=grouped(page.rows), about=about, **more)


def _explorer(request: HttpRequest, form: ExplorerForm, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"form": form, "periods": pages.periods(request.GET), "tabs": pages.tabs(request, "explorer")}
    context |= kept_searches(cast("Staff", request.user), request.GET)
    return render(request, "audit/explorer.html", context, status=status)


@require_GET
@needs("review")
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    try:
        shown = get_event_for(request.user, event_id)
    except Http404:
        found = archived_event(request.user, event_id)
        if found is None:
            raise
        return render(request, "audit/archived.html", {"found": found}, status=410)
    note_event_opened(actor=actor_of(request), event=shown)
    return render(request, "audit/event.html", _told_of(request, shown))


def _told_of(request: HttpRequest, shown: Event) -> dict[str, Any]:
    beside = surroundings(request.user, shown)
    return {
        "event": shown,
        "outcome": pages.outcome(shown),
        "facts": pages.event_facts(shown),
        "beside": beside,
        "change_columns": pages.CHANGE_COLUMNS,
        "change_rows": pages.change_rows(shown),
        "detail_columns": pages.DETAIL_COLUMNS,
        "detail_rows": pages.detail_rows(beside.details),
        "commitments": commitments_of(shown),
        "proof": pages.proof_panel(shown, HeadForm(request.GET).size()),
    }


@require_GET
@needs("review")
def event_proof(request: HttpRequest, event_id: UUID) -> HttpResponse:
    shown = get_event_for(request.user, event_id)
    proof = proof_of(shown.id, HeadForm(request.GET).size())
    if proof is None:
        raise Http404("This event is not sealed under that head.")
    note_proof_taken(actor=actor_of(request), event=shown)
    answer = HttpResponse(proof.text(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{shown.id}.tlog-proof"'
    return answer


@require_GET
@needs("review")
def checkpoints(request: HttpRequest) -> HttpResponse:
    heads = store.recent_heads(pages.HEADS_SHOWN)
    form = ConsistencyForm(request.GET or pages.widest(heads))
    context = {
        "tabs": pages.tabs(request, "checkpoints"),
        "form": form,
        "heads": heads,
        "log": store.logs()[-1] if store.logs() else None,
        "consistency": form.proof(),
    }
    return render(request, "audit/checkpoints.html", context, status=200 if form.is_valid() else 422)


@require_GET
@public
def latest_checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest signed head as text, for anybody who keeps copies; it tells how many entries there are and nothing of them."""
    heads = store.recent_heads(1)
    if not heads:
        raise Http404("Nothing is sealed yet.")
    return HttpResponse(heads[0].note, content_type="text/plain; charset=utf-8")


@require_GET
@needs("review")
def integrity(request: HttpRequest) -> HttpResponse:
    found = proving.findings()
    context = {
        "tabs": pages.tabs(request, "integrity"),
        "findings": found,
        "verdict": pages.verdict(proving.overall(found)),
        "right_columns": pages.RIGHT_COLUMNS,
        "right_rows": pages.right_rows(proving.database_rights()),
        "stream_columns": pages.STREAM_COLUMNS,
        "stream_rows": pages.stream_rows(standings()),
        "keys": pages.trusted_keys(),
    }
    return render(request, "audit/integrity.html", context)


@require_GET
@needs("review")
def count(request: HttpRequest) -> HttpResponse:
    form = ExplorerForm(request.GET)
    if not form.is_valid():
        return _explorer(request, form, status=422)
    filters = form.filters()
    note_search(actor=actor_of(request), filters=filters.names())
    chips = pages.chips(request.GET, filters.names())
    try:
        found = count_exactly(request.user, filters)
    except TooWide as refusal:
        return _explorer(request, form, status=422, too_wide=refusal.sentence, chips=chips)
    return _explorer(request, form, chips=chips, counted=found, back_url=pages.explorer_url(request.GET))


@require_GET
@needs("review")
def story(request: HttpRequest) -> HttpResponse:
    form = ExplorerForm(request.GET)
    if not form.is_valid() or not form.filters().names():
        return _explorer(request, form, status=422)
    filters = form.filters()
    note_search(actor=actor_of(request), filters=filters.names())
    chips = pages.chips(request.GET, filters.names())
    try:
        told = story_of(request.user, filters)
    except TooWide as refusal:
        return _explorer(request, form, status=422, too_wide=refusal.sentence, chips=chips)
    context = {
        "story": told,
        "chips": chips,
        "back_url": pages.explorer_url(request.GET),
        "evidence_url": pages.evidence_url(cast("Staff", request.user), filters),
    }
    return render(request, "audit/story.html", context)

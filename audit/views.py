from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit import pages
from audit.actions import note_event_opened, note_search
from audit.forms import ExplorerForm
from audit.middleware import actor_of
from audit.queries import TooWide, explorer_page, get_event_for, grouped, surroundings
from opsconsole.lib.doors import needs
from opsconsole.lib.paging import from_cursor


@require_GET
@needs("review")
def explorer(request: HttpRequest) -> HttpResponse:
    form = ExplorerForm(request.GET)
    if not form.is_valid():
        return _explorer(request, form, status=422)
    filters, cursor = form.filters(), request.GET.get("cursor", "")
    if from_cursor(cursor) is None:
        note_search(actor=actor_of(request), filters=filters.names())
    chips = pages.chips(request.GET, filters.names())
    try:
        page = explorer_page(request.user, filters, cursor)
    except TooWide as refusal:
        return _explorer(request, form, status=422, too_wide=refusal.sentence, chips=chips)
    groups = grouped(page.rows)
    return _explorer(request, form, chips=chips, groups=groups, **pages.pager(request.GET, page))


def _explorer(request: HttpRequest, form: ExplorerForm, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"form": form, "periods": pages.periods(request.GET)}
    return render(request, "audit/explorer.html", context, status=status)


@require_GET
@needs("review")
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    shown = get_event_for(request.user, event_id)
    note_event_opened(actor=actor_of(request), event=shown)
    beside = surroundings(request.user, shown)
    context = {
        "event": shown,
        "outcome": pages.outcome(shown),
        "facts": pages.event_facts(shown),
        "beside": beside,
        "change_columns": pages.CHANGE_COLUMNS,
        "change_rows": pages.change_rows(shown),
        "detail_columns": pages.DETAIL_COLUMNS,
        "detail_rows": pages.detail_rows(beside.details),
    }
    return render(request, "audit/event.html", context)

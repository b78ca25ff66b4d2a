"""The log as JSON: the explorer's filters, pages by cursor, and each search an event of its own."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path

from audit.actions import note_search
from audit.forms import ExplorerForm
from audit.middleware import actor_of
from audit.models import Event
from audit.queries import explorer_page
from opsconsole.lib.doors import needs
from opsconsole.lib.errors import Invalid
from opsconsole.lib.reading import read_only

TEXTS = (
    "type", "sentence", "actor_kind", "actor_id", "actor_label", "subject_id", "subject_label", "tenant_id", "tenant_label",
    "tenant_environment", "tenant_region", "object_type", "object_id", "object_label", "surface", "authority", "ticket",
    "policy_version", "approval_state", "reason_class", "outcome", "outcome_code", "http_request_id",
)  # fmt: skip
IDS = ("case_id", "request_id", "grant_id", "session_id")


def event_json(event: Event) -> dict[str, Any]:
    """Return one event with every field, times in UTC."""
    shape: dict[str, Any] = {
        "id": str(event.id),
        "at": event.at.isoformat(),
        "type_version": event.type_version,
    }
    shape |= {name: getattr(event, name) for name in TEXTS}
    shape |= {name: str(getattr(event, name) or "") or None for name in IDS}
    return shape | {"changes": event.changes, "fields": event.fields, "seeded": event.seeded}


@read_only
@needs("review")
def events(request: HttpRequest) -> JsonResponse:
    form = ExplorerForm(request.GET)
    if not form.is_valid():
        raise Invalid({name: " ".join(map(str, errors)) for name, errors in form.errors.items()})
    note_search(actor=actor_of(request), filters=form.filters().names())
    page = explorer_page(request.user, form.filters(), request.GET.get("cursor", ""))
    return JsonResponse(
        {"events": [event_json(event) for event in page.rows], "next": page.next_cursor or None}
    )


urlpatterns = [path("audit/events/", events)]

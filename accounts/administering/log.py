"""The policy's versions and the log, in Django admin: to read, and a look at the log is an event before it is one."""

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.administering.tables import Reading, who_asks
from audit.actions import note_event_opened, note_search
from audit.models import Event
from opsconsole.lib.clock import written

MOST = 1_000  # rows; who wants more searches the log itself
ADMINISTRATION = ("person.", "token.", "object_right.", "policy.", "consent.mode")


class PolicyVersionAdmin(Reading):
    """Policy versions, to read."""

    list_display = ["version", "state", "proposed_by_label", "activated_by_label", "activated_at"]


class FirstRows(Paginator[Any]):
    """Counts no further than an administrator pages."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.values_list("pk")[:MOST])


class EventAdmin(Reading):
    """What was done to people, rights, tokens and the policy. Whoever reviews the whole log does that under Audit."""

    list_display = ["when", "sentence", "outcome", "surface"]
    list_display_links = ["sentence"]
    ordering = ["-at", "-seq"]
    paginator = FirstRows

    @admin.display(description="at", ordering="at")
    def when(self, row: Event) -> str:
        return written(row.at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        wanted = Q()
        for prefix in ADMINISTRATION:
            wanted |= Q(type__startswith=prefix)
        return Event.objects.filter(wanted)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        note_search(actor=who_asks(request).as_actor(), filters=["administration", *sorted(request.GET)])
        return super().changelist_view(request, extra_context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            note_event_opened(actor=who_asks(request).as_actor(), event=found)
        return found

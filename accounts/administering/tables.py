"""What the tables of Django admin have in common: they read, and where they change something they call the verbs of the pages."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import Person
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import StepUpNeeded

SAID = "said_by_the_verb"


def who_asks(request: HttpRequest) -> Person:
    """Return the person who is signed in. Raises `PermissionDenied` for nobody; the door has asked before."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


class Reading(admin.ModelAdmin[Any]):
    """Rows to read. Nothing is added, changed or removed here, one by one or many at once, and Django keeps no history of its own."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @property
    def media(self) -> forms.Media:
        """Return the one script that is needed; the others of Django admin write styles into the page, which our CSP refuses."""
        return forms.Media(js=["admin/js/actions.js"])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions that this table declares itself; Django's own deletes past the verbs."""
        found = super().get_actions(request)
        return {name: action for name, action in found.items() if name in (self.actions or ())}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Answer without Django's transaction around the request: a verb opens and commits its own, with its event."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        context = {**buttons, **(extra_context or {})}
        return self._changeform_view(request, object_id, form_url, context)  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None


class Writing(Reading):
    """Forms and actions that parse and call one verb, which asks, writes and records in a transaction of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Show what a verb finds wrong with a field there, as typed."""
        page = super().changeform_view
        try:
            return page(request, object_id, form_url, extra_context)
        except Invalid as error:
            setattr(request, SAID, error)
            return page(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {SAID: getattr(request, SAID, None)})


def each(request: HttpRequest, rows: Iterable[Any], verb: Callable[[Any], object], done: str) -> None:
    """Call a verb for each row that was chosen, and tell what was done and what was refused, row by row."""
    count = 0
    for row in rows:
        try:
            verb(row)
        except StepUpNeeded:
            raise
        except (Refused, Conflict, Invalid) as error:
            messages.error(request, f"{row}: {error.sentence}")
        else:
            count += 1
    if count:
        messages.success(request, f"{done}: {count}.")


class SaidForm(forms.BaseForm):
    """A form of `Writing`: shows what the verb said at the fields it belongs to, so that nothing is saved the second time."""

    def clean(self) -> Any:
        data = super().clean()
        said: Invalid | None = getattr(self, SAID, None)
        for name, sentence in (said.errors if said else {}).items():
            self.add_error(name if name in self.fields else None, sentence)
        return data

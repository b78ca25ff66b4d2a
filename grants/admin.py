"""How customers take part, in Django admin: what was set, and setting it, through the page's verb."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.administering.tables import SaidForm, Writing, who_asks
from grants.consent.actions.modes import set_mode
from grants.models import ConsentMode, Mode
from opsconsole.lib.errors import Invalid
from opsconsole.lib.typed import TypedForm
from tenants.models import Tenant


class ModeForm(SaidForm, TypedForm, forms.ModelForm[ConsentMode]):
    """Says how one customer takes part from now on."""

    slug = forms.CharField(max_length=200, label="Tenant", help_text="Its short name, as in its address.")
    mode = forms.ChoiceField(required=False, choices=[("", "As the policy says"), *Mode.choices])
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the customer asked for, and where that stands: a contract, a ticket, a letter.",
    )

    class Meta:
        model = ConsentMode
        fields: tuple[str, ...] = ()


@admin.register(ConsentMode)
class ConsentModeAdmin(Writing):
    """How customers take part: each row stands as it was set, the newest of a tenant counts."""

    form = ModeForm
    list_display = ["tenant", "__str__", "reason", "set_by", "set_at"]
    list_select_related = ["tenant", "set_by"]
    list_filter = ["mode"]
    search_fields = ["tenant__name", "tenant__slug", "reason"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["tenant", "mode", "reason", "set_by", "set_at"] if obj else ["slug", "mode", "reason"]

    def save_model(self, request: HttpRequest, obj: ConsentMode, form: Any, change: bool) -> None:
        data = form.cleaned_data
        tenant = Tenant.objects.filter(slug=data["slug"].strip()).first()
        if tenant is None:
            raise Invalid({"slug": "There is no tenant of this name."})
        row = set_mode(actor=who_asks(request), tenant=tenant, mode=data["mode"], reason=data["reason"])
        obj.pk, obj.mode = row.pk, row.mode

from typing import Any

from django import forms

from accounts.roles import Roles
from tenants.models import Tenant
from tenants.tickets import ticket_fault
from tenants.trying.queries import tenant_named


class PreviewForm(forms.Form):
    """As whom, and on which tenant."""

    role = forms.ChoiceField(
        label="As",
        error_messages={"invalid_choice": "This version has no such role.", "required": "Choose a role."},
    )
    tenant = forms.CharField(
        label="Tenant",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="As in its page's address.",
        error_messages={"required": "Name a tenant."},
    )

    def __init__(self, roles: Roles, data: Any = None) -> None:
        super().__init__(data)
        choices = [(role.key, role.title) for role in roles.roles.values()]
        self.fields["role"] = forms.ChoiceField(
            label="As", choices=choices, error_messages=self.fields["role"].error_messages
        )

    def clean_tenant(self) -> Tenant:
        found = tenant_named(self.cleaned_data["tenant"].strip())
        if found is None:
            raise forms.ValidationError("There is no such tenant.")
        return found


class TicketForm(forms.Form):
    """One real ticket: did the panel give its answer?"""

    ticket = forms.CharField(label="Ticket", max_length=40, error_messages={"required": "Name the ticket."})
    answered = forms.TypedChoiceField(
        label="Did the panel give the answer?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda word: word == "yes",
        empty_value=None,
        error_messages={"required": "Choose yes or no.", "invalid_choice": "Choose yes or no."},
    )
    word = forms.CharField(
        label="A word on it",
        max_length=300,
        required=False,
        help_text="No names and no addresses. It stays out of the log.",
    )

    def clean_ticket(self) -> str:
        text: str = self.cleaned_data["ticket"]
        fault = ticket_fault(text)
        if fault is not None:
            raise forms.ValidationError(f"This does not look like a ticket number. {fault}".strip())
        return text

"""The form of one action, made from the policy's fields."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from impersonation.running.rules import Action, Field
from opsconsole.lib.typed import VerbForm

_WHOLE = re.compile(r"-?\d{1,18}")


class ActionForm(VerbForm):
    """What the agent types for an action; for a high-risk one the tenant's name besides."""

    step = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=6000)

    def __init__(self, action: Action, *args: object, final: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.action = action
        for field in action.fields:
            made = _field(field)
            if final:
                made.widget = forms.HiddenInput()
            self.fields[field.key] = made
        if final and action.asks_for_name:
            self.fields["tenant_name"] = forms.CharField(
                max_length=200,
                required=False,
                label="Type the customer's name to confirm",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def typed(self) -> dict[str, str]:
        """Return the action's own fields as texts, those that were left empty too."""
        return {field.key: str(self.cleaned_data.get(field.key) or "") for field in self.action.fields}


def _field(field: Field) -> forms.Field:
    made = _bare(field)
    made.label, made.help_text, made.required = field.label, field.hint, field.needed
    if field.pattern:
        form = rf"\A(?:{field.pattern})\Z"
        made.validators.append(RegexValidator(form, "This does not have the form that is asked for."))
    if field.kind == "whole":
        made.validators.append(_whole)
    return made


def _bare(field: Field) -> forms.Field:
    if field.kind == "choice":
        none = [] if field.needed else [("", "Leave as it is")]
        return forms.ChoiceField(choices=[*none, *((choice, choice) for choice in field.choices)])
    if field.kind == "email":
        return forms.EmailField(max_length=field.longest)
    return forms.CharField(max_length=field.longest)


def _whole(value: str) -> None:
    if not _WHOLE.fullmatch(value):
        raise ValidationError("Write a whole number.")

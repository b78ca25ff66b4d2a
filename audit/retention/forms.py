from typing import Any

from django import forms

from audit.forms import MomentField
from audit.models import LegalHold
from opsconsole.lib.typed import TypedForm

LONGEST = 2_000  # characters of a reason
NAME_IT = "Name it: slug, ticket, sign-in name or id."
NO_TIME = "Say from when or until when."


class HoldForm(TypedForm):
    """What a legal hold covers, under which ticket, and why."""

    kind = forms.ChoiceField(choices=LegalHold.Kind.choices, label="On")
    subject = forms.CharField(required=False, max_length=300, label="Which")
    since = MomentField(label="Events from")
    until = MomentField(last=True, label="Events until")
    ticket = forms.CharField(max_length=100, label="Ticket or file number")
    reason = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), label="Why?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {
            "subject": "Slug, ticket, name",
            "since": "2026-01-01",
            "until": "no end",
        }
        for name, hint in hints.items():
            attributes = {"placeholder": hint, "autocomplete": "off", "spellcheck": "false"}
            self.fields[name].widget.attrs |= attributes

    def clean(self) -> dict[str, Any]:
        """Ask for a name, or for a time where it is on everything in one, and a time that does not end before it begins."""
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        period = data.get("kind") == LegalHold.Kind.PERIOD
        if not period and not data.get("subject"):
            self.add_error("subject", NAME_IT)
        if period and not since and not until and not self.errors:
            self.add_error("since", NO_TIME)
        if since and until and until < since:
            self.add_error("until", "The end lies before the start.")
        return data

    def asked(self) -> dict[str, Any]:
        """Return the arguments of the verb, save the actor."""
        names = ("kind", "since", "until", "ticket", "reason")
        return {"text": self.cleaned_data["subject"]} | {name: self.cleaned_data[name] for name in names}


class LiftForm(TypedForm):
    """Why a hold is lifted."""

    reason = forms.CharField(
        max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), label="Why is it lifted?"
    )

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from grants.forms import LONGEST_TEXT
from grants.models import Mode
from opsconsole.lib.typed import VerbForm

AGREE, REFUSE = "approve", "deny"
_AREA = forms.Textarea(attrs={"rows": 3})


class AnswerForm(VerbForm):
    """A customer's answer. Without a digest it is about what was asked when the link was sent."""

    decision = forms.CharField(max_length=20, required=False)
    digest = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        max_length=LONGEST_TEXT, required=False, label="A word to our staff", widget=_AREA
    )

    def clean_decision(self) -> str:
        """Return one of the two answers; anything else is asked again."""
        word: str = self.cleaned_data["decision"].strip().lower()
        if word not in (AGREE, REFUSE):
            raise ValidationError("Please choose one of the two answers.")
        return word


class QuestionForm(VerbForm):
    """A customer's question about what was done in their account."""

    comment = forms.CharField(
        max_length=LONGEST_TEXT, required=False, label="What do you want to know?", widget=_AREA
    )


class ModeForm(VerbForm):
    """Sets how one customer takes part; whether it will do is for the verb to say."""

    mode = forms.CharField(max_length=20, required=False)
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Why",
        help_text="What the customer asked for, and where that stands: a contract, a ticket, a letter.",
        widget=_AREA,
    )


class LedgerForm(VerbForm):
    """Makes a link to a tenant's ledger."""

    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Who asked for it, and why",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def mode_choices(chosen: Any) -> list[dict[str, Any]]:
    """Return the ways a customer can take part, as the page lists them."""
    rows = [("", "As the policy says"), *((mode.value, f"{mode.label}: {MEANINGS[mode]}") for mode in Mode)]
    return [{"value": value, "label": label, "checked": value == (chosen or "")} for value, label in rows]


MEANINGS = {
    Mode.NOTIFY: "they hear of access when it begins",
    Mode.OPEN_TICKET: "their open ticket agrees for them, and they can say no until it starts",
    Mode.MUST_APPROVE: "access waits until they have agreed",
    Mode.NEVER: "nobody of ours enters their account",
}

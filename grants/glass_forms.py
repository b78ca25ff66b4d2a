"""Forms of the emergency start and of its review."""

from django import forms

from grants.forms import LONGEST_TEXT, ScopesField
from grants.models import BreakGlass
from opsconsole.lib.typed import VerbForm


class GlassForm(VerbForm):
    """Starts without an approval: what, and why it cannot wait."""

    scopes = ScopesField(label="What you need now")
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Why it cannot wait",
        help_text="What failed, and what happens to the customer while somebody decides.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(VerbForm):
    """The review that an emergency start owes."""

    verdict = forms.ChoiceField(
        choices=BreakGlass.Verdict.choices, required=False, label="What you found", widget=forms.RadioSelect
    )
    comment = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="In a sentence",
        help_text="What you looked at, and what follows from it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

"""Forms parse what was typed; the verbs judge it."""

from typing import Any

from django import forms

from impersonation.queries.subjects import LONGEST_ID
from opsconsole.lib.typed import VerbForm


class StartForm(VerbForm):
    """Starts a support session. Whether the user, the way and the minutes will do is for the verb to say."""

    subject = forms.CharField(
        max_length=LONGEST_ID, required=False, label="Whose product do you want to see?"
    )
    mode = forms.CharField(max_length=7, required=False, label="What will you do there?")
    minutes = forms.IntegerField(
        required=False, label="Minutes", help_text="It ends by itself, and sooner when you stop working."
    )

    @property
    def wish(self) -> dict[str, Any]:
        """Return what the verb takes."""
        data = self.cleaned_data
        return {"subject_id": data["subject"], "mode": data["mode"], "minutes": data["minutes"]}

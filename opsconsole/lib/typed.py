"""What people type is kept for years, so a secret that slips in is sent back before it is."""

from typing import Any

from django import forms

from opsconsole.lib.detectors import scrub
from opsconsole.lib.errors import Invalid

LEAVE_IT_OUT = "This holds what looks like a card number or a secret. Leave it out, nobody needs it here."


class TypedForm(forms.Form):
    """A form whose texts may hold no card number, token or password (PCI DSS 3.2, NIST AU-3(3))."""

    def clean(self) -> dict[str, Any]:
        """Refuse each text in which `opsconsole.lib.detectors` finds a secret, at its own field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(data.items()):
            if isinstance(value, str) and scrub(value) != value:
                self.add_error(name, LEAVE_IT_OUT)
        return data


class VerbForm(TypedForm):
    """A form that shows the sentences of `Invalid` at the fields they belong to."""

    def take(self, error: Invalid) -> None:
        """Show a verb's faults; one for a field this form does not have is shown at the top."""
        for name, sentence in error.errors.items():
            self.add_error(name if name in self.fields else None, sentence)

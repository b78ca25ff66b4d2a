"""What people type is kept for years, so a secret that slips in is sent back before it is."""

from typing import Any

from django import forms

from opsconsole.lib.detectors import scrub

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

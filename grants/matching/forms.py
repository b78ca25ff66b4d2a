from django import forms

from audit.forms import MomentField
from grants.forms import LONGEST_TEXT
from opsconsole.lib.typed import TypedForm


class PeriodForm(TypedForm):
    """Marks a period as reviewed: the number of the mark the page showed, an earlier beginning where it is wanted, a word on what stays."""

    last = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    since = MomentField()
    comment = forms.CharField(max_length=LONGEST_TEXT, required=False)

    def sentences(self) -> dict[str, str]:
        """Return each field's faults in one sentence."""
        return {name: " ".join(map(str, errors)) for name, errors in self.errors.items()}

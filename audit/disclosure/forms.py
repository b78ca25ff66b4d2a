from django import forms

from opsconsole.lib.typed import TypedForm

LONGEST = 2_000  # characters


class DiscloseForm(TypedForm):
    """Why a value is to be shown."""

    reason = forms.CharField(
        max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), label="What do you need it for?"
    )


class EraseForm(TypedForm):
    """Under which request of the person it is about a value is erased, and why; `everywhere` erases all that is kept about them."""

    request = forms.CharField(max_length=100, label="Number of the request")
    reason = forms.CharField(
        max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), label="What was asked?"
    )
    everywhere = forms.BooleanField(
        required=False, label="All values of all events about the same person, not this one only"
    )

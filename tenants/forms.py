from django import forms

from opsconsole.lib.typed import TypedForm

SHORTEST_REASON = 10  # characters


class RevealForm(TypedForm):
    """One field to see in clear, and why."""

    section = forms.SlugField(widget=forms.HiddenInput)
    row = forms.CharField(max_length=64, widget=forms.HiddenInput)
    column = forms.SlugField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why do you need it in clear?",
        help_text="One sentence. It stands in the log with your name.",
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.TextInput,
        error_messages={
            "required": "Say in one sentence why you need to see it.",
            "min_length": "Say a little more: what will you compare it with?",
        },
    )

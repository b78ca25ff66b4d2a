from django import forms

from tenants.desk.models import PanelAnswer


class AnswerForm(forms.Form):
    """Whether a panel gave the answer, and what was missing."""

    verdict = forms.ChoiceField(choices=PanelAnswer.Verdict.choices)
    line = forms.CharField(max_length=300, required=False)


class NoteForm(forms.Form):
    """One note on a tenant."""

    text = forms.CharField(
        label="New note",
        help_text="What was agreed, what comes next. Name roles rather than people, and no personal data. It cannot be changed later.",
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Write what should be known of this tenant.",
            "min_length": "Say a little more.",
        },
    )

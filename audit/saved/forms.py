from django import forms

from audit.saved.models import LONGEST_NAME


class ViewForm(forms.Form):
    """The name of a kept search, and whether all reviewers see it."""

    name = forms.CharField(max_length=LONGEST_NAME, label="Name")
    shared = forms.BooleanField(required=False, label="Show it to all reviewers")

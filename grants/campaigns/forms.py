from typing import Any

from django import forms

from accounts.queries import roles_in_force
from accounts.rights.rules import LONGEST
from grants.campaigns.actions import Answer
from grants.forms import LONGEST_TEXT
from grants.models import Campaign
from opsconsole.lib.typed import TypedForm


class OpenForm(TypedForm):
    """What an access review is about, and how long there is for it."""

    about = forms.ChoiceField(choices=Campaign.About.choices, label="About")
    role = forms.ChoiceField(required=False, label="Role or team")
    tenant = forms.CharField(
        required=False, max_length=120, label="Customer", help_text="Its short name, as in its address."
    )
    days = forms.IntegerField(min_value=2, max_value=60, required=False, label="Days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - declared above
        role.choices = [
            ("", "Choose one"),
            *((one.key, one.title) for one in roles_in_force().roles.values()),
        ]

    def asked(self) -> dict[str, Any]:
        """Return the arguments of the verb, save the actor."""
        data = self.cleaned_data
        subjects = {"tenant": data["tenant"].strip(), "role": data["role"], "team": data["role"]}
        return {"about": data["about"], "subject": subjects.get(data["about"], ""), "days": data["days"]}


class AnswerForm(TypedForm):
    """What a reviewer says of one line."""

    decision = forms.CharField(max_length=10)
    comment = forms.CharField(max_length=LONGEST_TEXT, required=False)
    days = forms.IntegerField(min_value=1, max_value=LONGEST, required=False)
    role = forms.CharField(max_length=60, required=False)

    def answer(self) -> Answer:
        """Return it as the verb takes it."""
        data = self.cleaned_data
        return Answer(data["decision"], data["comment"], data["days"], data["role"])

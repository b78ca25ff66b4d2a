"""Forms parse what was typed; the verbs judge it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.guarding import how_it_stands
from accounts.models import Person, StandingRight
from accounts.queries import roles_in_force
from accounts.rights.actions import Terms
from accounts.rights.kinds import kinds
from accounts.rights.rules import right_rules_in_force
from opsconsole.lib.errors import Invalid
from opsconsole.lib.typed import VerbForm

USUAL_REVIEW = timedelta(days=90)
LONGEST_TEXT = 2000  # characters


def _usual_review() -> date:
    return (timezone.now() + min(USUAL_REVIEW, right_rules_in_force().review)).date()


class _Date(forms.DateInput):
    """A browser's own field for a day, which takes and sends ISO 8601."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TermsForm(VerbForm):
    """On which terms somebody holds a right."""

    owner = forms.CharField(
        max_length=120, label="Who answers for it", help_text="A person or a post, such as Head of support."
    )
    reason = forms.CharField(max_length=LONGEST_TEXT, label="Why", widget=forms.Textarea(attrs={"rows": 2}))
    review_on = forms.DateField(
        label="Looked at again on", widget=_Date, error_messages={"invalid": "Write a date."}
    )
    ends_on = forms.DateField(
        required=False,
        label="Ends after",
        widget=_Date,
        help_text="The last day, in UTC. Left out, it stands until somebody ends it.",
        error_messages={"invalid": "Write a date."},
    )
    exception = forms.BooleanField(
        required=False,
        label="An exception",
        help_text="Something outside the usual, which always has an end.",
    )

    def terms(self) -> Terms:
        """Return the terms; an end is the end of its day in UTC."""
        data = self.cleaned_data
        last = data["ends_on"]
        ends_at = datetime.combine(last + timedelta(days=1), time(), UTC) if last else None
        return Terms(data["owner"], data["reason"], data["review_on"], ends_at, data["exception"])

    def take(self, error: Invalid) -> None:
        """Show a verb's faults; the end is typed as a day."""
        super().take(Invalid({"ends_on" if k == "ends_at" else k: v for k, v in error.errors.items()}))


class KeepRightForm(TermsForm):
    """Keeps a right on new terms. `seen` is how it stood when the page was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def of(right: StandingRight) -> dict[str, Any]:
        """Return what a right's form begins with."""
        last = (right.ends_at - timedelta(seconds=1)).date() if right.ends_at else None
        begins = {"owner": right.owner, "reason": right.reason, "ends_on": last, "seen": how_it_stands(right)}
        review = max(right.review_on, _usual_review())
        return begins | {"review_on": review, "exception": right.kind == StandingRight.Kind.EXCEPTION}


class RightForm(TermsForm):
    """Gives a right on something."""

    right = forms.ChoiceField(label="Right")
    on = forms.CharField(
        max_length=200,
        label="On",
        help_text="The short name of a tenant, as in its address, or the name of a region.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("right", "on", "owner", "reason", "review_on", "ends_on", "exception")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["right"] = forms.ChoiceField(
            label="Right", choices=[(kind.codename, kind.title) for kind in kinds.values()]
        )
        self.order_fields(self.field_order)
        self.initial.setdefault("review_on", _usual_review())


class RolesForm(VerbForm):
    """Changes somebody's roles. `seen` is how they stood when the page was opened."""

    roles = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = roles_in_force().roles.values()
        self.fields["roles"] = forms.MultipleChoiceField(
            choices=[(role.key, role.title) for role in known],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label="Roles",
        )


class OffBoardForm(VerbForm):
    """Off-boards somebody; `to` is the sign-in name of who takes over what they looked after."""

    reason = forms.CharField(
        max_length=LONGEST_TEXT, required=False, label="Why", widget=forms.Textarea(attrs={"rows": 2})
    )
    to = forms.CharField(
        max_length=60,
        required=False,
        label="Who takes over",
        help_text="The sign-in name of a colleague for their open cases and their book. Left out, cases wait for anybody.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_to(self) -> Person | None:
        """Return the colleague who was named, None for nobody."""
        name = self.cleaned_data["to"].strip()
        found = Person.objects.filter(username__iexact=name).first() if name else None
        if name and found is None:
            raise forms.ValidationError("Nobody signs in by this name.")
        return found

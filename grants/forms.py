"""Forms parse what was typed; the verbs judge it. A fault from a verb lands at its field."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Person
from opsconsole.lib.typed import VerbForm
from tenants.models import Tenant
from tenants.queries import get_tenant_for

LONGEST_TEXT = 4000  # characters; a reason or a note, not a document
_AREA = forms.Textarea(attrs={"rows": 3})


class CaseForm(VerbForm):
    """Opens a case: ticket, tenant by its slug, what the customer reports, notes for colleagues."""

    ticket = forms.CharField(
        max_length=64, label="Ticket", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    tenant = forms.CharField(
        max_length=200,
        label="Tenant",
        help_text="The short name in the tenant's address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issue = forms.CharField(
        max_length=LONGEST_TEXT,
        label="Reported issue",
        help_text="What the customer says, in a sentence or two.",
        widget=_AREA,
    )
    notes = forms.CharField(max_length=LONGEST_TEXT, required=False, label="Internal notes", widget=_AREA)

    def tenant_for(self, person: Person) -> Tenant:
        """Return the tenant that was named. Raises `Http404` for one the person may not know of."""
        return get_tenant_for(person, self.cleaned_data["tenant"])


class NoteForm(VerbForm):
    """Writes something down on a case; what stays empty is left as it is."""

    failed = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="What failed",
        help_text="The step, the message, the time.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_by = forms.CharField(
        max_length=300,
        required=False,
        label="Who saw it",
        help_text="One user, some, everybody; a role rather than a name.",
    )
    identity = forms.CharField(
        max_length=300,
        required=False,
        label="How the customer's identity was confirmed",
        help_text="Such as: called back on the number of the contract.",
    )
    note = forms.CharField(max_length=LONGEST_TEXT, required=False, label="Internal note", widget=_AREA)


class ScopesField(forms.Field):
    """A list of scope names, repeated in the form; which of them exist and fit is for the verb to say."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        """Return the names, each once, in the order given."""
        return list(dict.fromkeys(value or []))

    def validate(self, value: list[str]) -> None:
        """Refuse what is no plausible list; an empty one is told by the verb."""
        if len(value) > 100 or any("\x00" in scope or len(scope) > 100 for scope in value):
            raise ValidationError("This is no list of things to ask for.")


class YesNoField(forms.Field):
    """Yes or no, as a checkbox or a program writes it. The words "false" and "no" mean no; anything unknown is a mistake."""

    widget = forms.TextInput  # a checkbox widget would turn any word into yes
    WORDS = {"": False, "no": False, "false": False, "off": False, "0": False} | dict.fromkeys(
        ("yes", "true", "on", "1"), True
    )

    def to_python(self, value: Any) -> bool:
        """Return what the word means."""
        word = str(value or "").strip().lower()
        if word not in self.WORDS:
            raise ValidationError("Write yes or no.")
        return self.WORDS[word]


class AskForm(VerbForm):
    """Asks for access on a case."""

    scopes = ScopesField(label="What you need")
    minutes = forms.IntegerField(
        required=False,
        label="For how many minutes",
        error_messages={"invalid": "Write a whole number of minutes."},
    )
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Why",
        help_text="What failed, and what you want to find out or do about it.",
        widget=_AREA,
    )
    starts_at = forms.DateTimeField(
        required=False,
        label="Start later",
        help_text="In UTC; leave it empty to start at approval.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write the start as 2026-11-21 14:30, in UTC."},
    )
    for_person = forms.CharField(
        max_length=60,
        required=False,
        label="For a colleague",
        help_text="Their sign-in name; leave it empty for yourself.",
    )

    owner = forms.CharField(
        max_length=60,
        required=False,
        label="Who answers for it",
        help_text="Their sign-in name; leave it empty for the owner of the case.",
    )
    preset = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    until_shift = YesNoField(required=False, label="Until the end of my shift")
    shift_ends = forms.CharField(max_length=5, required=False, label="My shift ends at")

    def clean_shift_ends(self) -> str:
        """Return the shift's end where that was chosen; the field is filled in on every page."""
        return str(self.cleaned_data["shift_ends"]) if self.cleaned_data.get("until_shift") else ""

    def clean(self) -> dict[str, Any]:
        """Take the choice itself out: the time says it."""
        data = super().clean()
        if data.pop("until_shift", False) and not data.get("shift_ends"):
            self.add_error("shift_ends", "Write the end of your shift as 17:30.")
        return data

    def clean_for_person(self) -> Person | None:
        """Return the colleague named by sign-in name or id, or None for oneself."""
        return self._person("for_person")

    def clean_owner(self) -> Person | None:
        """Return who answers for it, named by sign-in name or id, or None for the owner of the case."""
        return self._person("owner")

    def _person(self, field: str) -> Person | None:
        typed = self.cleaned_data[field].strip()
        if not typed:
            return None
        person = _person_named(typed)
        if person is None:
            raise ValidationError("Nobody has this sign-in name.")
        return person


class ApproveForm(VerbForm):
    """Approves what was shown, or less of it."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    scopes = ScopesField(label="Approve")
    minutes = forms.IntegerField(
        label="Minutes", error_messages={"invalid": "Write a whole number of minutes."}
    )
    comment = forms.CharField(
        max_length=LONGEST_TEXT, required=False, label="Comment", widget=forms.Textarea(attrs={"rows": 2})
    )


class CommentForm(VerbForm):
    """One comment; whether it may be empty is for the verb to say."""

    comment = forms.CharField(
        max_length=LONGEST_TEXT, required=False, label="Comment", widget=forms.Textarea(attrs={"rows": 2})
    )


class CloseForm(VerbForm):
    """Closes a case: how it ended, in words, and whether it is a problem of the product."""

    resolved = YesNoField(required=False, label="The customer can do what failed")
    summary = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="How it ended",
        help_text="For whoever meets this again.",
        widget=_AREA,
    )
    kept_because = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Why this stays",
        help_text="What was added meanwhile is still there.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    product_problem = YesNoField(required=False, label="This keeps happening: a problem of the product")


class ExtendForm(VerbForm):
    """Asks for more minutes on live access."""

    minutes = forms.IntegerField(
        label="How many more minutes", error_messages={"invalid": "Write a whole number of minutes."}
    )
    reason = forms.CharField(max_length=LONGEST_TEXT, required=False, label="What has come up", widget=_AREA)


class HandOverForm(VerbForm):
    """Hands what is left of live access to a colleague."""

    person = forms.CharField(max_length=60, label="To whom", help_text="Their sign-in name.")
    comment = forms.CharField(max_length=LONGEST_TEXT, required=False, label="Note", widget=_AREA)

    def clean_person(self) -> Person:
        """Return the colleague named by sign-in name or id."""
        person = _person_named(self.cleaned_data["person"].strip())
        if person is None:
            raise ValidationError("Nobody has this sign-in name.")
        return person


def _person_named(typed: str) -> Person | None:
    people = Person.objects.filter(is_active=True)
    try:
        return people.filter(pk=UUID(typed)).first()
    except ValueError:
        return people.filter(username__iexact=typed).first()

from typing import Any

from django import forms

from audit.evidence.subjects import Kind, controls
from audit.forms import MomentField
from opsconsole.lib.typed import TypedForm

SUBJECTS = {
    "tenant": Kind.TENANT,
    "grant": Kind.GRANT,
    "case": Kind.CASE,
    "person": Kind.PERSON,
    "control": Kind.CONTROL,
}
ONE = "Name one thing only: a tenant, a grant, a case, a person or a kind of event."
NONE = "Name what it is about, or at least from when."
LONGEST = 2_000  # characters of a reason


class PackForm(TypedForm):
    """What a pack is about, for which time, and what for."""

    tenant = forms.CharField(required=False, max_length=300, label="Tenant")
    case = forms.CharField(required=False, max_length=100, label="Case")
    grant = forms.UUIDField(required=False, label="Grant")
    person = forms.CharField(required=False, max_length=200, label="Person")
    control = forms.ChoiceField(required=False, label="Kind of event")
    since = MomentField(label="From")
    until = MomentField(last=True, label="Until")
    reason = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What is it for?",
        help_text="Who asked for it, and who will get it.",
    )
    values = forms.BooleanField(required=False, label="With the personal values that are kept apart")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        control = self.fields["control"]
        assert isinstance(control, forms.ChoiceField)  # noqa: S101 - declared above
        control.choices = [("", "Any"), *controls()]
        hints = {
            "tenant": "Slug, name or id",
            "case": "Ticket or id",
            "grant": "Id",
            "person": "Sign-in name, name or id",
            "since": "2026-11-01",
            "until": "2026-11-20 14:05",
        }
        for name, hint in hints.items():
            attributes = {"placeholder": hint, "autocomplete": "off", "spellcheck": "false"}
            self.fields[name].widget.attrs |= attributes

    def clean(self) -> dict[str, Any]:
        """Ask for one subject or a period, and a period that does not end before it begins."""
        data = super().clean()
        named = [name for name in SUBJECTS if data.get(name)]
        if len(named) > 1:
            self.add_error(named[1], ONE)
        since, until = data.get("since"), data.get("until")
        if not since and not self.errors and (not named or data.get("control")):
            self.add_error(
                "since", NONE if not named else "Say from when: this kind of event has no beginning."
            )
        if since and until and until < since:
            self.add_error("until", "The end lies before the start.")
        return data

    def asked(self) -> dict[str, Any]:
        """Return the arguments of the verb, save the actor."""
        data = self.cleaned_data
        name = next((name for name in SUBJECTS if data.get(name)), "")
        return {
            "kind": SUBJECTS.get(name, Kind.PERIOD),
            "text": str(data.get(name, "")),
            "since": data["since"],
            "until": data["until"],
            "reason": data["reason"],
            "with_values": data["values"],
        }


class CommentForm(TypedForm):
    """A word to a decision."""

    comment = forms.CharField(
        required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), label="A word to it"
    )

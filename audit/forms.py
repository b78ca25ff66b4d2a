import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.utils import timezone

from audit.queries import Filters
from audit.registry import all_types
from audit.seal import store
from audit.seal.proofs import Consistency, consistency_of
from opsconsole.lib.errors import Invalid

WRITE_A_TIME = "Write a day such as 2026-11-20, a time such as 2026-11-20 14:05, or how long ago, such as -7d or -2h. Times are UTC."
AGO = re.compile(r"-(\d{1,4})([hd])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
TODAY = "today"
WRITE_AN_ID = "Write the whole id, such as 0b6d2f0e-9a43-4f0e-8f3c-5a0c8c6f2d11."
FIRST_YEAR, LAST_YEAR = 1971, 2900  # what every part of the way from form to database can carry
OUTCOMES = [("", "Any"), ("ok", "Done"), ("refused", "Refused"), ("failed", "Failed")]


def is_relative(text: str) -> bool:
    """Tell whether a moment is written as how long ago, so that it moves on with the clock."""
    return text == TODAY or AGO.fullmatch(text) is not None


class MomentField(forms.CharField):
    """A day, a time or how long ago, as people write it; the value is an aware datetime. A day means its first moment, or its last."""

    def __init__(self, *, last: bool = False, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)
        self.of_day = time.max if last else time.min

    def clean(self, value: Any) -> datetime | None:
        """Return the moment, or None for an empty field. Raises `ValidationError` with how to write one."""
        text = str(super().clean(value))
        if not text:
            return None
        try:
            moment = self._read(text)
        except (ValueError, OverflowError):
            raise forms.ValidationError(WRITE_A_TIME) from None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(WRITE_A_TIME)
        return moment

    def _read(self, text: str) -> datetime:
        ago = AGO.fullmatch(text)
        if ago:
            return timezone.now() - int(ago[1]) * UNITS[ago[2]]
        if text == TODAY:
            return datetime.combine(timezone.now().astimezone(UTC), self.of_day, UTC)
        if len(text) <= len("2026-11-20"):
            return datetime.combine(date.fromisoformat(text), self.of_day, UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class IdField(forms.UUIDField):
    """The id of a grant or a session, empty for any."""

    default_error_messages = {"invalid": WRITE_AN_ID}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class ExplorerForm(forms.Form):
    """The filters of the log's explorer, as they stand in the address of the page."""

    q = forms.CharField(required=False, max_length=200, label="Words in the sentence")
    actor = forms.CharField(required=False, max_length=200, label="Person")
    tenant = forms.CharField(required=False, max_length=300, label="Tenant")
    type = forms.CharField(required=False, max_length=100, label="Type")
    outcome = forms.ChoiceField(required=False, choices=OUTCOMES)
    ticket = forms.CharField(required=False, max_length=100)
    grant = IdField()
    session = IdField()
    since = MomentField()
    until = MomentField(last=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {
            "q": "invoice e-mail",
            "actor": "Sign-in name, name or id",
            "tenant": "Slug, name or id",
            "type": "grant or grant.approved",
            "since": "2026-11-20",
            "until": "2026-11-20 14:05",
        }
        for name, hint in hints.items():
            self.fields[name].widget.attrs |= {
                "placeholder": hint,
                "autocomplete": "off",
                "spellcheck": "false",
            }
        self.fields["type"].widget.attrs["list"] = "event-types"

    @property
    def types(self) -> list[str]:
        """Return the names of all declared types, for the list under the field."""
        return [kind.name for kind in all_types()]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "The end lies before the start.")
        return data

    def filters(self) -> Filters:
        """Return the cleaned filters."""
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        return Filters(**given)


AnyForm = TypeVar("AnyForm", bound=forms.Form)


def with_fault(form: AnyForm, error: Exception) -> AnyForm:
    """Return a form that says what a verb would not take, each sentence at its field where the form has that field."""
    faults = error.errors if isinstance(error, Invalid) else {"": str(error)}
    for name, sentence in faults.items():
        form.add_error(name if name in form.fields else None, sentence)
    return form


LARGEST_SIZE = 2**53


class HeadForm(forms.Form):
    """The signed head that a proof is made against."""

    head = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_SIZE)

    def size(self) -> int | None:
        """Return the size of the chosen head, or None for the newest, also where what was sent is no size."""
        size: int | None = self.cleaned_data.get("head") if self.is_valid() else None
        return size


class ConsistencyForm(forms.Form):
    """Two heads of the present log, by their sizes."""

    first = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_SIZE, label="Head of")
    second = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_SIZE, label="and head of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proof: Consistency | None = None
        for field in self.fields.values():
            field.widget.attrs |= {"list": "sizes", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """Refuse sizes at which nothing was signed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        logs = store.logs()
        if logs and data.get("first") and data.get("second"):
            self._proof = consistency_of(logs[-1].number, data["first"], data["second"])
            if self._proof is None:
                self.add_error(
                    "second", "No head was signed at one of these sizes. Take two of the list below."
                )
        return data

    def proof(self) -> Consistency | None:
        """Return the proof between the two heads, or None where none was asked for or none can be made."""
        return self._proof if self.is_valid() else None

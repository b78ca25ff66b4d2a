"""People in Django admin. Every write goes through the same verbs as the pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from accounts import actions
from accounts.administering.tables import SaidForm, Writing, who_asks
from accounts.factors.actions import reset_factors
from accounts.guarding import how_they_stand
from accounts.models import Person
from accounts.policy import broken_separation
from accounts.queries import roles_in_force
from accounts.single_sign_on.actions import unlink


class PersonForm(SaidForm, forms.ModelForm[Person]):
    """Name, e-mail, roles, active or not; for somebody new a first password, which they change themselves."""

    first_password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
        help_text="Only for somebody new. At least 12 characters; tell it them in person. "
        "It opens only the page on which they choose their own.",
    )

    reset_factors = forms.BooleanField(
        required=False,
        label="Take all second factors away",
        help_text="For somebody who lost theirs. They are signed out everywhere and add a new one after their password.",
    )

    end_link = forms.BooleanField(
        required=False,
        label="Take the link to the identity provider away",
        help_text="They can no longer sign in through it. With a link, their roles follow their groups there at each sign-in.",
    )

    roles = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Person
        fields = ["username", "display_name", "email", "is_staff", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = roles_in_force().roles.values()
        self.fields["roles"] = forms.MultipleChoiceField(
            choices=[(role.key, role.title) for role in known],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if not self.instance._state.adding:  # noqa: SLF001
            self.initial["roles"] = list(self.instance.memberships.values_list("role", flat=True))
            self.initial["seen"] = how_they_stand(self.instance)
            self.fields["username"].disabled = True
            self.fields["first_password"].disabled = True
            self.fields["first_password"].widget = forms.HiddenInput()

    def clean_roles(self) -> list[str]:
        """Refuse roles that the policy keeps apart before anything is saved; the verb asks again."""
        wanted: list[str] = self.cleaned_data["roles"]
        known = roles_in_force()
        pair = broken_separation([known.roles[key] for key in wanted], known.separated)
        if pair:
            raise forms.ValidationError(f"The policy keeps {pair[0]} and {pair[1]} in two hands.")
        return wanted


class PersonAdmin(Writing):
    """People and their roles."""

    form = PersonForm
    list_display = ["display_name", "username", "is_active", "is_staff"]
    list_filter = ["is_active"]
    search_fields = ["display_name", "username"]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        actor, data = who_asks(request), form.cleaned_data
        if not change:
            obj.pk = self._add(actor, obj, data).pk
        person = Person.objects.get(pk=obj.pk)
        actions.change_person(
            actor=actor,
            person=person,
            display_name=data["display_name"],
            email=data["email"],
            is_staff=data["is_staff"],
            seen=data["seen"] if change else "",
        )
        if data["is_active"] and not person.is_active:
            actions.set_active(actor=actor, person=person, active=True)
        if set(data["roles"]) != set(person.memberships.values_list("role", flat=True)):
            actions.set_roles(actor=actor, person=person, roles=data["roles"])
        if not data["is_active"]:
            actions.set_active(actor=actor, person=person, active=False)
        if data["reset_factors"]:
            reset_factors(actor=actor, person=person)
        if data["end_link"]:
            unlink(actor=actor, person=person)

    @staticmethod
    def _add(actor: Person, obj: Person, data: dict[str, Any]) -> Person:
        return actions.add_person(
            actor=actor,
            username=obj.username,
            display_name=obj.display_name,
            email=obj.email,
            password=data["first_password"],
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields: what only somebody known can lose is not asked of somebody new."""
        fields = [str(name) for name in super().get_fields(request, obj)]
        return fields if obj else [name for name in fields if name not in {"reset_factors", "end_link"}]

"""Django admin for people. Every write goes through the same verbs as the pages."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from accounts import actions
from accounts.factors.actions import reset_factors
from accounts.http import StaffRequest
from accounts.models import Person
from accounts.queries import roles_in_force
from audit.models import PolicyVersion
from opsconsole.lib.errors import Invalid


class PersonForm(forms.ModelForm[Person]):
    """Name, e-mail, roles, active or not; for somebody new a first password, which they change themselves."""

    first_password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
        help_text="Only for somebody new. At least 12 characters; tell it them in person, they change it under Password.",
    )

    reset_factors = forms.BooleanField(
        required=False,
        label="Take all second factors away",
        help_text="For somebody who lost theirs. They are signed out everywhere and add a new one after their password.",
    )

    roles = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

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
            self.fields["username"].disabled = True
            self.fields["first_password"].disabled = True
            self.fields["first_password"].widget = forms.HiddenInput()


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin[Person]):
    """People and their roles."""

    form = PersonForm
    list_display = ["display_name", "username", "is_active", "is_staff"]
    list_filter = ["is_active"]
    search_fields = ["display_name", "username"]
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        # Django's own wraps the request in one transaction; a verb opens and commits its own, with its event.
        return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]

    def save_model(self, request: StaffRequest, obj: Person, form: Any, change: bool) -> None:  # type: ignore[override]
        data = form.cleaned_data
        if not change:
            made = actions.add_person(
                actor=request.user,
                username=obj.username,
                display_name=obj.display_name,
                email=obj.email,
                password=data["first_password"],
            )
            obj.pk = made.pk
        person = Person.objects.get(pk=obj.pk)
        actions.change_person(
            actor=request.user,
            person=person,
            display_name=data["display_name"],
            email=data["email"],
            is_staff=data["is_staff"],
        )
        try:
            if set(data["roles"]) != set(person.memberships.values_list("role", flat=True)):
                actions.set_roles(actor=request.user, person=person, roles=data["roles"])
        except Invalid as error:
            messages.error(request, error.sentence)
        if data["is_active"] != person.is_active:
            actions.set_active(actor=request.user, person=person, active=data["is_active"])
        if data["reset_factors"]:
            reset_factors(actor=request.user, person=person)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None


@admin.register(PolicyVersion)
class PolicyVersionAdmin(admin.ModelAdmin[PolicyVersion]):
    """Policy versions, to read."""

    list_display = ["version", "state", "proposed_by_label", "activated_by_label", "activated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


for _model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(_model)  # allauth's own pages write without verbs and events

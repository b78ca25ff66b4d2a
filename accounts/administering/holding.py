"""What people hold, in Django admin: roles, standing rights, tokens. Each change is one of the verbs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.actions import revoke_token, set_roles
from accounts.administering.tables import Reading, SaidForm, Writing, each, who_asks
from accounts.http import StaffRequest
from accounts.models import ApiToken, Person, RoleMembership, StandingRight
from accounts.people.forms import KeepRightForm, RightForm
from accounts.queries import roles_in_force
from accounts.rights.actions import give_right, renew_right, take_right
from accounts.rights.kinds import kinds, title_of


class RoleForm(SaidForm, forms.ModelForm[RoleMembership]):
    """Gives one person one more role."""

    role = forms.ChoiceField()

    class Meta:
        model = RoleMembership
        fields = ["person"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = roles_in_force().roles.values()
        self.fields["role"] = forms.ChoiceField(choices=[(role.key, role.title) for role in known])


class RoleAdmin(Writing):
    """Who is in which role, since when, by whom. A role is given here and taken by the action below the list."""

    form = RoleForm
    list_display = ["person", "title", "since", "given_by"]
    list_filter = ["role"]
    list_select_related = ["person", "given_by"]
    search_fields = ["person__display_name", "person__username", "role"]
    actions = ["take_role"]

    @admin.display(description="role", ordering="role")
    def title(self, row: RoleMembership) -> str:
        known = roles_in_force().roles.get(row.role)
        return known.title if known else f"{row.role}, which the policy does not know"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a role is given or taken, never edited

    def save_model(self, request: HttpRequest, obj: RoleMembership, form: Any, change: bool) -> None:
        person, role = form.cleaned_data["person"], form.cleaned_data["role"]
        set_roles(actor=who_asks(request), person=person, roles={*_roles(person), role})
        obj.person, obj.role = person, role
        obj.pk = RoleMembership.objects.get(person=person, role=role).pk

    @admin.action(description="Take these roles away")
    def take_role(self, request: StaffRequest, rows: QuerySet[RoleMembership]) -> None:
        """Take each chosen role from its person."""

        def take(row: RoleMembership) -> None:
            set_roles(actor=request.user, person=row.person, roles=_roles(row.person) - {row.role})

        each(request, rows.select_related("person"), take, "Roles taken")


def _roles(person: Person) -> set[str]:
    return set(person.memberships.values_list("role", flat=True))


class GiveForm(SaidForm, RightForm, forms.ModelForm[StandingRight]):
    """Gives somebody a standing right on its terms."""

    person = forms.ModelChoiceField(queryset=Person.objects.filter(is_active=True))

    class Meta:
        model = StandingRight
        fields: tuple[str, ...] = ()


class KeepForm(SaidForm, KeepRightForm, forms.ModelForm[StandingRight]):
    """Keeps a standing right on new terms."""

    class Meta:
        model = StandingRight
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, **self.of(self.instance)}


class RightAdmin(Writing):
    """Standing rights: given and kept on terms, taken by the action below the list. An ended one stays to be read."""

    list_display = ["person", "title", "object_label", "owner", "review_on", "ends_at", "ended_at"]
    list_filter = ["kind", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["person", "permission"]
    search_fields = ["person__display_name", "person__username", "object_label", "owner"]
    actions = ["take"]

    @admin.display(description="right")
    def title(self, row: StandingRight) -> str:
        return title_of(row.permission.codename)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.ended_at)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        may = obj is None or self.has_change_permission(request, obj)
        if may:
            kwargs["form"] = KeepForm if obj else GiveForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["person", *RightForm.field_order]
        if self.has_change_permission(request, obj):
            return list(KeepRightForm.base_fields)
        told = ("person", "object_label", "kind", "owner", "reason", "since", "given_by", "review_on")
        return [*told, "reviewed_at", "ends_at", "ended_at", "ended_by", "end_cause"]

    def save_model(self, request: HttpRequest, obj: StandingRight, form: Any, change: bool) -> None:
        actor, data = who_asks(request), form.cleaned_data
        if change:
            renew_right(actor=actor, right_id=obj.pk, terms=form.terms(), seen=data["seen"])
            return
        found = kinds[data["right"]].find(data["on"])
        row = give_right(
            actor=actor, person=data["person"], right=data["right"], obj=found, terms=form.terms()
        )
        obj.pk, obj.object_label = row.pk, row.object_label

    @admin.action(description="Take these rights away")
    def take(self, request: StaffRequest, rows: QuerySet[StandingRight]) -> None:
        """Take each chosen right at once."""

        def end(row: StandingRight) -> None:
            take_right(actor=request.user, right_id=row.pk, comment="In Django admin.")

        each(request, rows, end, "Rights taken")


class TokenAdmin(Reading):
    """API tokens, without their secrets, which nobody keeps. One is revoked by the action below the list."""

    list_display = ["name", "person", "areas", "made_at", "expires_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["person"]
    search_fields = ["name", "person__display_name", "person__username"]
    fields = ["name", "person", "areas", "made_at", "expires_at", "revoked_at"]
    actions = ["revoke"]

    @admin.action(description="Revoke these tokens")
    def revoke(self, request: StaffRequest, rows: QuerySet[ApiToken]) -> None:
        """End each chosen token at once."""

        def end(row: ApiToken) -> None:
            revoke_token(actor=request.user, token=row)

        each(request, rows, end, "Tokens revoked")

"""What comes with a role. Django's own permission rows carry no authority here: there is one door, the policy."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from guardian.backends import ObjectPermissionBackend

from accounts.models import Person
from accounts.queries import Authority, powers_of, scope_named
from accounts.rights.queries import SEE, live_rights, right_on

ADMIN_PAGES = dict.fromkeys(
    (
        *("accounts.view", "accounts.view_person", "accounts.add_person", "accounts.change_person"),
        *("accounts.view_rolemembership", "accounts.add_rolemembership", "accounts.view_apitoken"),
        *("accounts.view_standingright", "accounts.add_standingright", "accounts.change_standingright"),
        *("audit.view", "audit.view_event", "audit.view_policyversion"),
        *("grants.view", "grants.view_consentmode", "grants.add_consentmode"),
    ),
    "manage_people",
)
"""Django admin's own questions and the power that answers them; any other page of the admin is closed."""

BOOK_RIGHT = "view_tenant"


class ObjectRightBackend(ObjectPermissionBackend):
    """Django-guardian's answer, which holds only while the terms of the right do: an exception ends when it is used too late."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Tell whether guardian keeps this right on the object and its end, if it has one, is still to come."""
        if not isinstance(user_obj, Person) or not user_obj.is_active or obj is None:
            return False
        mine = live_rights(user_obj).filter(
            object_key=str(obj.pk), permission__codename=perm.rpartition(".")[2]
        )
        return bool(super().has_perm(user_obj, perm, obj)) and mine.exists()


class RoleBackend(ModelBackend):
    """Signs people in by name and password, and answers `console.<power>` and `tenants.<scope>` from their roles."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, Person) or not user_obj.is_active:
            return False
        app, _, name = perm.partition(".")
        if app == "console":
            return name in powers_of(user_obj).may
        if app == "tenants" and obj is not None:
            return self.explain(user_obj, name, obj) is not None
        return ADMIN_PAGES.get(perm, "") in powers_of(user_obj).may

    def explain(self, person: Person, scope: str, tenant: Any) -> Authority | None:
        """Return "role" for a scope held on every tenant, "object right" for one held on a tenant or a region of the person's own."""
        powers = powers_of(person)
        if scope not in powers.scopes:
            return None
        if powers.reach == "all":
            return Authority("role")
        right = right_on(person, SEE, tenant) if powers.reach == "book" else None
        return Authority("object right", right_id=right.pk) if right else None

    def why_not(self, person: Person, scope: str, tenant: Any) -> str:
        """Return in words why `explain` finds no authority, as the end of a sentence."""
        if not person.is_active:
            return "they have left"
        powers, declared = powers_of(person), scope_named(scope)
        titles = " and ".join(powers.titles) or "no role"
        if declared is None:
            return "the policy in force knows no such permission"
        if scope in powers.scopes:
            words = (
                "no tenant"
                if powers.reach == "none"
                else "the tenants of their own book only, and this is none of them"
            )
            return f"it comes with {titles}, but on {words}"
        if "ask" in powers.may and declared.consequence in powers.asks_for:
            return (
                f"it does not come with {titles}; they may ask for it, and nothing that was approved is live"
            )
        return f"it does not come with {titles}, which cannot ask for it either"

"""Doors to tenants, and what one person may open. Reads only."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import get_objects_for_user

from accounts.backends import BOOK_RIGHT
from accounts.models import Person
from accounts.queries import Authority, authorities_for, powers_of
from audit.policies import active_policy
from tenants.language.load import language_of
from tenants.language.shapes import Language, Panel
from tenants.models import Tenant


def language_in_force() -> Language:
    """Return the panels, sources, directory and glossary of the policy in force."""
    policy = active_policy()
    return language_of(policy.bundle, policy.version)


def get_tenant_for(user: Person, slug: str) -> Tenant:
    """Return the tenant of a slug. Raises `Http404` where there is none or the person may not know of it: the two look the same."""
    tenant = Tenant.objects.present().filter(slug=slug).first() if "\x00" not in slug else None
    if tenant is None or not _knows(user, tenant):
        raise Http404("There is no such tenant.")
    return tenant


def may_see_any(user: Person) -> bool:
    """Tell whether a person may know of every tenant of the directory, those not mirrored yet included."""
    powers = powers_of(user)
    return "see" in powers.may and powers.reach == "all"


def _knows(user: Person, tenant: Tenant) -> bool:
    powers = powers_of(user)
    if "see" not in powers.may:
        return False
    if powers.reach == "book":
        return bool(ObjectPermissionChecker(user).has_perm(BOOK_RIGHT, tenant))
    return powers.reach == "all"


def tenants_within_reach(user: Person) -> QuerySet[Tenant]:
    """Return every tenant a person may know of, as one query."""
    everyone = Tenant.objects.present()
    powers = powers_of(user)
    if "see" not in powers.may or powers.reach == "none":
        return everyone.none()
    if powers.reach == "all":
        return everyone
    book = get_objects_for_user(user, f"tenants.{BOOK_RIGHT}", Tenant, accept_global_perms=False)
    return everyone.filter(pk__in=book.values("pk"))


@dataclass(frozen=True, slots=True)
class Access:
    """One panel and why a person may open it; without authority it may be asked for."""

    panel: Panel
    authority: Authority | None


def access_to(user: Person, tenant: Tenant, panels: tuple[Panel, ...]) -> list[Access]:
    """Return each panel with the authority for it; every scope is asked once."""
    held = authorities_for(user, {panel.scope for panel in panels}, tenant)
    return [Access(panel, held.get(panel.scope)) for panel in panels]


def get_panel(key: str) -> Panel:
    """Return a panel of the policy in force. Raises `Http404` for any other key."""
    panel = language_in_force().panel(key)
    if panel is None:
        raise Http404("There is no such panel.")
    return panel

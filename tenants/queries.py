"""Doors to tenants, and what one person may open. Reads only."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Person
from accounts.queries import Authority, Powers, authorities_for, powers_of
from accounts.rights.queries import SEE, held_by, right_on
from audit.policies import active_policy
from tenants.identity import typed
from tenants.language.load import language_of
from tenants.language.shapes import Language, Panel
from tenants.models import Tenant
from tenants.sources.base import Params


def language_in_force() -> Language:
    """Return the panels, sources, directory and glossary of the policy in force."""
    policy = active_policy()
    return language_of(policy.bundle, policy.version)


def params_of(tenant: Tenant) -> Params:
    """Return what a source is asked with about one tenant: its external id in the type its product gives it, and its slug."""
    directory = language_in_force().directory
    external = typed(tenant.external_id, directory.id_type if directory else "text")
    return Params(tenant.external_id if external is None else external, tenant.slug)


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
    return in_reach(user, powers, tenant)


def in_reach(person: Person, powers: Powers, tenant: Tenant) -> bool:
    """Tell whether a tenant is one of a person's: all, those of their book (a standing right on it or on its region), or none."""
    if powers.reach == "book":
        return right_on(person, SEE, tenant) is not None
    return powers.reach == "all"


def held_tenants(person: Person, verb: str) -> Q:
    """Return the condition for the tenants that a person sees or decides for by a standing right, right now."""
    held = held_by(person, verb)
    return Q(pk__in=held.tenants) | Q(region__in=held.regions)


def tenants_within_reach(user: Person) -> QuerySet[Tenant]:
    """Return every tenant a person may know of, as one query."""
    everyone = Tenant.objects.present()
    powers = powers_of(user)
    if "see" not in powers.may or powers.reach == "none":
        return everyone.none()
    if powers.reach == "all":
        return everyone
    return everyone.filter(held_tenants(user, SEE))


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

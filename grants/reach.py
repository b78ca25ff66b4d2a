"""Which tenants are within a person's reach, for asking, and which for deciding."""

from django.db.models import QuerySet

from accounts.models import Person
from accounts.queries import Powers
from accounts.rights.queries import DECIDE, SEE, right_on
from tenants.models import Tenant
from tenants.queries import held_tenants, in_reach

__all__ = ["decides_for", "in_reach", "tenants_decided", "tenants_in_reach"]


def decides_for(person: Person, powers: Powers, tenant: Tenant) -> bool:
    """Tell whether a person who decides does so for this tenant: one in reach, or one they hold a standing right to decide for."""
    if powers.decides_for == "rights":
        return right_on(person, DECIDE, tenant) is not None
    return in_reach(person, powers, tenant)


def tenants_in_reach(person: Person, powers: Powers) -> QuerySet[Tenant]:
    """Return the tenants within a person's reach as one query."""
    if powers.reach == "all":
        return Tenant.objects.all()
    if powers.reach == "book":
        return Tenant.objects.filter(held_tenants(person, SEE))
    return Tenant.objects.none()


def tenants_decided(person: Person, powers: Powers) -> QuerySet[Tenant]:
    """Return the tenants that a person who decides does so for."""
    if powers.decides_for == "rights":
        return Tenant.objects.filter(held_tenants(person, DECIDE))
    return tenants_in_reach(person, powers)

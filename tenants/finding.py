from django.urls import reverse

from accounts.models import Person
from accounts.queries import powers_of
from opsconsole.lib.hits import Hit
from tenants.searching import search_tenants

MOST = 6


def find_tenants(*, person: Person, text: str) -> list[Hit]:
    """Return the tenants a text finds, within the person's reach; nothing for a text of one letter."""
    if len(text) < 2 or "see" not in powers_of(person).may:
        return []
    return [
        Hit(
            tenant.name,
            reverse("tenants:tenant", args=[tenant.slug]),
            "Tenant",
            f"{tenant.environment} {tenant.region} {tenant.slug}",
        )
        for tenant in search_tenants(person, text).tenants[:MOST]
    ]

"""Doors and reads of the portfolio."""

from collections.abc import Sequence

from accounts.models import Person
from accounts.rights.queries import SEE
from audit.policies import active_policy
from opsconsole.lib.registry import portfolio_lines
from tenants.desk.language import health_of
from tenants.desk.models import TenantNote
from tenants.desk.shapes import Health
from tenants.models import Tenant
from tenants.queries import held_tenants, tenants_within_reach

LARGEST_BOOK = 200  # tenants on one page
NOTES_SHOWN = 50


def health_in_force() -> Health:
    """Return `health.toml` of the policy in force."""
    policy = active_policy()
    return health_of(policy.bundle, policy.version)


def book_of(person: Person) -> tuple[list[Tenant], int]:
    """Return the tenants of a person's own book by name, and how many of it are left out. A role for all tenants is no book."""
    book = tenants_within_reach(person).filter(held_tenants(person, SEE))
    found = list(book.order_by("name_key", "slug")[: LARGEST_BOOK + 1])
    left_out = book.count() - LARGEST_BOOK if len(found) > LARGEST_BOOK else 0
    return found[:LARGEST_BOOK], left_out


def watched_by(person: Person) -> tuple[list[Tenant], int]:
    """Return the tenants whose health stands on a person's home page: their book, or all within reach for a role that the policy names."""
    named = health_in_force().home_roles
    if not named or not person.memberships.filter(role__in=named).exists():
        return book_of(person)
    all_of_them = tenants_within_reach(person)
    found = list(all_of_them.order_by("name_key", "slug")[: LARGEST_BOOK + 1])
    return found[:LARGEST_BOOK], max(0, all_of_them.count() - LARGEST_BOOK) if len(
        found
    ) > LARGEST_BOOK else 0


def notes_of(tenant: Tenant) -> list[TenantNote]:
    """Return the last notes on a tenant, newest first."""
    return list(tenant.notes.select_related("person").order_by("-at")[:NOTES_SHOWN])


def lines_for(tenants: Sequence[Tenant]) -> list[tuple[str, dict[str, str]]]:
    """Return what other parts of the console know of these tenants: a title, and a sentence by tenant id."""
    ids = [tenant.pk for tenant in tenants]
    return [line(tenant_ids=ids) for line in portfolio_lines]

"""Which tenants are within a person's reach, for asking and for deciding alike."""

from django.db.models import QuerySet
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import get_objects_for_user

from accounts.backends import BOOK_RIGHT
from accounts.models import Person
from accounts.queries import Powers
from tenants.models import Tenant


def in_reach(person: Person, powers: Powers, tenant: Tenant) -> bool:
    """Tell whether a tenant is one of a person's: all, those of their book (a standing object right), or none."""
    if powers.reach == "book":
        return bool(ObjectPermissionChecker(person).has_perm(BOOK_RIGHT, tenant))
    return powers.reach == "all"


def tenants_in_reach(person: Person, powers: Powers) -> QuerySet[Tenant]:
    """Return the tenants within a person's reach as one query."""
    if powers.reach == "all":
        return Tenant.objects.all()
    if powers.reach == "book":
        book: QuerySet[Tenant] = get_objects_for_user(
            person, f"tenants.{BOOK_RIGHT}", klass=Tenant, use_groups=False, with_superuser=False
        )
        return book
    return Tenant.objects.none()

"""What standing rights give, read at the moment of use (design.md, law 1), and what pages tell of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Person
from accounts.rights.models import StandingRight

SEE, DECIDE = "view", "decide"


def right_on(person: Person, verb: str, tenant: Any) -> StandingRight | None:
    """Return the live right by which a person sees or decides for a tenant: on itself or on its region, or None. One query, no cache."""
    return _on(person, verb, tenant).first()


def _on(person: Person, verb: str, tenant: Any) -> QuerySet[StandingRight]:
    mine = live_rights(person)
    on_it = mine.filter(permission__codename=f"{verb}_tenant", object_key=str(tenant.pk))
    region = getattr(tenant, "region", "")
    if not region:
        return on_it
    return on_it | mine.filter(permission__codename=f"{verb}_region", object_key=region)


def live_rights(person: Person) -> QuerySet[StandingRight]:
    """Return the standing rights that a person holds right now."""
    return StandingRight.objects.live().filter(person=person).select_related("permission")


@dataclass(frozen=True)
class Held:
    """The keys of the tenants and the names of the regions on which somebody holds a right."""

    tenants: list[str]
    regions: list[str]


def held_by(person: Person, verb: str) -> Held:
    """Return where a person sees or decides by a standing right, right now, in one query."""
    rows = list(live_rights(person).values_list("permission__codename", "object_key"))
    return Held(
        [key for codename, key in rows if codename == f"{verb}_tenant"],
        [key for codename, key in rows if codename == f"{verb}_region"],
    )

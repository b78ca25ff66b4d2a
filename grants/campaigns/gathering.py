"""What an access review is about: the roles and rights that stand, with their last use, and who is asked about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Person, RoleMembership, StandingRight
from accounts.queries import roles_in_force
from accounts.rights.kinds import title_of
from grants.models import Campaign, CampaignItem
from grants.notifications import people_with
from opsconsole.lib.errors import Invalid
from tenants.models import Tenant

About = Campaign.About

# The newest allowed event that a person owes to their roles, or to a right on a tenant or on one of its region.
_LAST = """
    SELECT w.who, w.key, (
        SELECT max(at) FROM audit_event e
        WHERE e.actor_id = w.who AND e.outcome = 'ok' AND e.authority = w.authority
          AND (w.key = '' OR e.tenant_id = w.key OR e.tenant_region = w.key))
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS w(who, key, authority)
"""


@dataclass(frozen=True)
class Standing:
    """One role or right that stands."""

    person: Person
    kind: CampaignItem.Kind
    what: str
    since: datetime
    role: str = ""
    right: StandingRight | None = None
    owner: str = ""
    reason: str = ""

    @property
    def used_by(self) -> tuple[str, str, str]:
        """Return person, object and authority, as events name them."""
        if self.right is None:
            return str(self.person.pk), "", "role"
        return str(self.person.pk), self.right.object_key, "object right"


def title_for(about: str, subject: str, moment: datetime) -> str:
    """Return what a review that somebody asks for is called. Raises `Invalid` for a subject that is none."""
    roles, day = roles_in_force().roles, f"{moment:%-d %b %Y}"
    if about == About.EVERYTHING:
        return f"Everybody and everything, {day}"
    if about in (About.ROLE, About.TEAM) and subject in roles:
        words = "The role" if about == About.ROLE else "All that is held by people of the role"
        return f"{words} {roles[subject].title}, {day}"
    if about == About.TENANT and (tenant := _tenant(subject)):
        return f"{tenant.name}, {day}"
    raise Invalid({"subject": "Name a role of the policy, or the short name of a customer."})


def _tenant(slug: str) -> Tenant | None:
    return Tenant.objects.filter(slug=slug).first() if "\x00" not in slug else None


def standing_access(about: str, subject: str) -> list[Standing]:
    """Return what stands now, by person: roles and rights of active people, as far as the review is about them."""
    found = [*_roles(about, subject), *_rights(about, subject)]
    return sorted(found, key=lambda one: (one.person.display_name, one.kind != "role", one.what))


def _roles(about: str, subject: str) -> list[Standing]:
    rows = RoleMembership.objects.filter(person__is_active=True).select_related("person")
    if about == About.TENANT:
        return []
    if about == About.ROLE:
        rows = rows.filter(role=subject)
    if about == About.TEAM:
        rows = rows.filter(person__memberships__role=subject)
    known = roles_in_force().roles
    return [
        Standing(
            row.person,
            CampaignItem.Kind.ROLE,
            known[row.role].title if row.role in known else row.role,
            row.since,
            role=row.role,
        )
        for row in rows
    ]


def _rights(about: str, subject: str) -> list[Standing]:
    rows = StandingRight.objects.standing().filter(person__is_active=True)
    if about == About.TENANT:
        tenant = _tenant(subject)
        rows = rows.filter(object_key__in=[str(tenant.pk), tenant.region]) if tenant else rows.none()
    if about == About.ROLE:
        return []
    if about == About.TEAM:
        rows = rows.filter(person__memberships__role=subject)
    return [
        Standing(
            row.person,
            CampaignItem.Kind.RIGHT,
            f"{title_of(row.permission.codename)}: {row.object_label}",
            row.since,
            right=row,
            owner=row.owner,
            reason=row.reason,
        )
        for row in rows
    ]


def last_uses(found: Sequence[Standing]) -> dict[tuple[str, str], datetime | None]:
    """Return when each role or right was last used, by person and object, in one query; a role's use is any use of the roles together."""
    asked = sorted({one.used_by for one in found})
    with connection.cursor() as cursor:
        cursor.execute(
            _LAST, [list(column) for column in zip(*asked, strict=True)] if asked else [[], [], []]
        )
        return {(who, key): at for who, key, at in cursor.fetchall()}


def reviewers_for(holders: Sequence[UUID], first: Person | None) -> dict[UUID, Person]:
    """Return who is asked about each holder: who began the review, else the reviewers in turn; who manages people where none is left.

    A holder about whom nobody else can be asked is left out.
    """
    asked = ([first] if first else []) + [one for one in people_with("review") if one != first]
    others: list[Any] = [*asked, *people_with("manage_people")]
    found = {}
    for number, holder in enumerate(dict.fromkeys(holders)):
        turn = (
            asked if first else asked[number % len(asked) :] + asked[: number % len(asked)] if asked else []
        )
        free = next((one for one in [*turn, *others] if one.pk != holder), None)
        if free is not None:
            found[holder] = free
    return found

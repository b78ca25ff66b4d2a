"""What the profile page says of its reader: who they are here, and what their roles let them do, in words."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import ApiToken, Person, RoleMembership, StandingRight
from accounts.queries import powers_of, roles_in_force
from accounts.rights.kinds import title_of
from accounts.roles import POWERS
from opsconsole.lib.clock import database_now

REACH = {
    "all": "Every customer",
    "book": "The customers in your book",
    "none": "No customers: your work is the console itself",
}


@dataclass(frozen=True)
class RoleLine:
    """One role of the reader, in the policy's words."""

    title: str
    since: datetime
    given_by: str


@dataclass(frozen=True)
class RightLine:
    """One standing right of the reader."""

    title: str
    on: str
    owner: str
    review_on: object
    ends_at: datetime | None


@dataclass(frozen=True)
class Profile:
    """Who somebody is here and what they hold."""

    roles: list[RoleLine]
    may: list[str]
    sees: list[str]
    reach: str
    rights: list[RightLine]
    tokens: list[ApiToken]


def profile_of(person: Person) -> Profile:
    """Return what a person's own page tells them."""
    known, powers = roles_in_force(), powers_of(person)
    held = RoleMembership.objects.filter(person=person).select_related("given_by")
    rights = StandingRight.objects.live().filter(person=person).select_related("permission")
    tokens = ApiToken.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=database_now())
    return Profile(
        roles=[
            RoleLine(
                known.roles[row.role].title if row.role in known.roles else row.role,
                row.since,
                row.given_by.display_name if row.given_by else "",
            )
            for row in held
        ],
        may=[words for key, words in POWERS.items() if key in powers.may],
        sees=[scope.may for key, scope in known.scopes.items() if key in powers.scopes],
        reach=REACH[powers.reach],
        rights=[
            RightLine(
                title_of(row.permission.codename), row.object_label, row.owner, row.review_on, row.ends_at
            )
            for row in rights
        ],
        tokens=list(tokens),
    )

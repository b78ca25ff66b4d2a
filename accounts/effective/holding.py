"""What comes with a person's roles, standing rights and tokens; registered as an explainer."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from accounts.effective.uses import Uses, uses_of
from accounts.models import ApiToken, Person, RoleMembership
from accounts.queries import roles_in_force
from accounts.rights.kinds import title_of
from accounts.rights.queries import live_rights
from accounts.roles import POWERS, Role, Roles
from opsconsole.lib.clock import database_now
from opsconsole.lib.holdings import Holding

ON = {"all": "Every tenant", "book": "The tenants and regions of their standing rights", "none": "No tenant"}


def held_through_people(*, person: Person, tenant_id: str = "") -> list[Holding]:
    """Return what a person holds through roles, standing rights and API tokens right now; nothing for somebody who left.

    With `tenant_id` only what can matter for that tenant, with its last use there.
    """
    if not person.is_active:
        return []
    uses = uses_of(person, tenant_id)
    held = [*_roles(person, uses), *_rights(person, uses, tenant_id)]
    return held if tenant_id else [*held, *_tokens(person)]


def _roles(person: Person, uses: Uses) -> Iterator[Holding]:
    known = roles_in_force()
    rows = list(RoleMembership.objects.filter(person=person))
    for row in rows:
        role = known.roles.get(row.role)
        if role is None:
            continue
        yield Holding(
            key=row.role,
            kind="role",
            through=f"the role {role.title}",
            may=said_of_role(role, known),
            on=ON[role.reach],
            since=row.since,
            scopes=role.scopes,
            last_used=uses.last("role"),
            shared=len(rows) > 1,
        )


def said_of_role(role: Role, known: Roles) -> tuple[str, ...]:
    """Return what a role lets people do, one sentence each: its powers, then the scopes it holds at all times."""
    powers = [words[0].upper() + words[1:] for power, words in POWERS.items() if power in role.may]
    return (*powers, *(scope.may for scope in known.scopes.values() if scope.key in role.scopes))


def _rights(person: Person, uses: Uses, tenant_id: str) -> Iterator[Holding]:
    rows = live_rights(person)
    if tenant_id:
        rows = rows.filter(Q(object_key=tenant_id) | Q(permission__codename__endswith="_region"))
    for row in rows:
        is_tenant = row.permission.codename.endswith("_tenant")
        on = row.object_key if is_tenant else ""
        yield Holding(
            key=str(row.pk),
            kind="right",
            through=f"a standing right that {row.owner} answers for",
            may=(title_of(row.permission.codename),),
            on=row.object_label,
            since=row.since,
            until=row.ends_at,
            last_used=uses.last("object right", tenant_id=on),
            tenant_id=on,
            url=f"{reverse('people:person', args=[person.pk])}#rights",
        )


def _tokens(person: Person) -> Iterator[Holding]:
    live = ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=database_now())
    for token in live:
        areas = ", ".join(ApiToken.Area(area).label.lower() for area in token.areas)
        yield Holding(
            key=str(token.pk),
            kind="token",
            through=f"the API token {token.name}",
            may=(f"Read by program: {areas}",),
            on="Whatever they may see themselves",
            since=token.made_at,
            until=token.expires_at,
        )

"""What a person holds under the policy in force, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth import get_backends
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Person
from accounts.roles import Role, Roles, Scope, parse_roles
from audit.context import current
from audit.policies import active_policy
from opsconsole.lib.bundle import load

REACH_ORDER = ("none", "book", "all")


@dataclass(frozen=True)
class Powers:
    """The sum of a person's roles. `scopes` are held at all times on tenants within `reach`: all, book or none.

    `decides_for` is reach where they decide for every tenant within it, rights where each needs a standing right to decide.
    """

    may: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    asks_for: frozenset[str] = frozenset()
    decides: frozenset[str] = frozenset()
    reach: str = "none"
    decides_for: str = "rights"
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Authority:
    """Why somebody may: `because` is role, grant, object right or break-glass; `grant_id` only for a grant, `right_id` for a right."""

    because: str
    grant_id: UUID | None = None
    right_id: UUID | None = None


class Explainer(Protocol):
    """A backend that can say why."""

    def explain(self, person: Person, scope: str, tenant: object) -> Authority | None:
        """Return the authority for one scope on one tenant, or None."""


def roles_in_force() -> Roles:
    """Return `roles.toml` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_roles, policy.version) if policy.version else Roles()


def scope_named(key: str) -> Scope | None:
    """Return a declared scope of the policy in force, or None."""
    return roles_in_force().scopes.get(key)


def said_of_scope(key: str) -> str:
    """Return a scope in the words of the policy in force, in quotation marks; one that it does not know stays its key."""
    scope = scope_named(key)
    return f"“{scope.may}”" if scope and scope.may else key


def powers_of(person: Person, *, fresh: bool = False) -> Powers:
    """Return what a person's roles give under the policy in force. `fresh` reads the memberships again, for a verb under its lock."""
    context = current()
    key = f"powers:{person.pk}"
    if context is not None and not fresh and key in context.memo:
        held: Powers = context.memo[key]
        return held
    powers = _sum(_roles_of(person)) if person.is_active else Powers()
    if context is not None:
        context.memo[key] = powers
    return powers


def _roles_of(person: Person) -> list[Role]:
    known = roles_in_force().roles
    with connection.cursor() as cursor:  # read in every request: building the query costs more than asking it
        cursor.execute(
            "SELECT role FROM accounts_rolemembership WHERE person_id = %s ORDER BY role", [person.pk]
        )
        held = cursor.fetchall()
    return [known[key] for (key,) in held if key in known]


def _sum(roles: list[Role]) -> Powers:
    def union(name: str) -> frozenset[str]:
        sets: list[frozenset[str]] = [getattr(role, name) for role in roles]
        return frozenset().union(*sets)

    return Powers(
        may=union("may"),
        scopes=union("scopes"),
        asks_for=union("asks_for"),
        decides=union("decides"),
        reach=max((role.reach for role in roles), key=REACH_ORDER.index, default="none"),
        decides_for="reach"
        if any(role.decides_for == "reach" for role in roles if role.decides)
        else "rights",
        titles=tuple(role.title for role in roles),
    )


def any_backend_allows(person: Person, perm: str, obj: object) -> bool:
    """Ask each authentication backend in turn; a backend that raises `PermissionDenied` ends the question with no."""
    for backend in get_backends():
        ask = getattr(backend, "has_perm", None)
        if ask is None:
            continue
        try:
            if ask(person, perm, obj):
                return True
        except PermissionDenied:
            return False
    return False


def authority_for(person: Person, scope: str, tenant: Any) -> Authority | None:
    """Return why a person holds a scope on a tenant right now, or None. The same backends answer `has_perm`."""
    if not person.is_active:
        return None
    for backend in get_backends():
        explain = getattr(backend, "explain", None)
        if explain is None:
            continue
        authority: Authority | None = explain(person, scope, tenant)
        if authority is not None:
            return authority
    return None


def authorities_for(person: Person, scopes: Collection[str], tenant: Any) -> dict[str, Authority]:
    """Return why a person holds each of these scopes on a tenant right now; a scope without authority is left out.

    The answers are those of `authority_for`. A backend with `candidates` first says, in one query for all, which it could answer for.
    """
    found: dict[str, Authority] = {}
    for backend in get_backends():
        if not person.is_active or not hasattr(backend, "explain"):
            continue
        open_scopes = [scope for scope in scopes if scope not in found]
        narrow = getattr(backend, "candidates", None)
        for scope in narrow(person, open_scopes, tenant) if narrow and open_scopes else open_scopes:
            authority: Authority | None = backend.explain(person, scope, tenant)
            if authority is not None:
                found[scope] = authority
    return found


def ids_named(name: str) -> list[str]:
    """Return the ids of the people of a sign-in name, or else of a displayed name, whatever the case; for the log's filters."""
    for field in ("username__iexact", "display_name__iexact"):
        found = [str(pk) for pk in Person.objects.filter(**{field: name}).values_list("pk", flat=True)]
        if found:
            return found
    return []

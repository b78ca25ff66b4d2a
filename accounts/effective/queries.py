"""Effective access of one person or of one tenant, and why somebody can or cannot do one thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_backends

from accounts.models import Person
from accounts.queries import Authority, authorities_for, authority_for, powers_of, roles_in_force
from accounts.roles import POWERS
from opsconsole.lib.clock import written
from opsconsole.lib.holdings import Holding
from opsconsole.lib.registry import explainers

MOST_PEOPLE = 300  # on the page of one tenant


@dataclass(frozen=True)
class Why:
    """The answer to "can X do Y on Z", in one sentence."""

    can: bool
    sentence: str


def holdings_of(person: Person, tenant_id: str = "") -> list[Holding]:
    """Return everything through which a person can do something right now, anywhere or on one tenant, as each app that decides tells it."""
    return [holding for explain in explainers for holding in explain(person=person, tenant_id=tenant_id)]


def why(person: Person, scope: str, tenant: Any) -> Why:
    """Tell why somebody can or cannot use a scope on a tenant. `authority_for` decides; the words are those of who decided."""
    declared = roles_in_force().scopes.get(scope)
    does = _begins_small(declared.may) if declared else f"use {scope}"
    authority = authority_for(person, scope, tenant)
    if authority is None:
        reasons = [told for backend in get_backends() if (told := _why_not(backend, person, scope, tenant))]
        return Why(False, f"{person} cannot {does} on {tenant}: {'; '.join(reasons) or 'nothing gives it'}.")
    holding = _behind(authority, holdings_of(person, str(tenant.pk)), scope)
    through = holding.through if holding else f"the authority “{authority.because}”"
    since = f", since {written(holding.since)}" if holding and holding.since else ""
    until = f", until {written(holding.until)}" if holding and holding.until else ""
    return Why(True, f"{person} can {does} on {tenant} through {through}{since}{until}.")


def why_power(person: Person, power: str) -> Why:
    """Tell why somebody has one of the policy's powers, or has it not. `has_perm` decides."""
    does = POWERS[power]
    if person.has_perm(f"console.{power}"):
        roles = [h.through for h in holdings_of(person) if h.kind == "role" and power in _powers_of(h.key)]
        return Why(True, f"{person} can {does} through {' and '.join(roles)}.")
    if not person.is_active:
        return Why(False, f"{person} cannot {does}: they have left.")
    titles = ", ".join(powers_of(person).titles) or "no role"
    return Why(
        False, f"{person} cannot {does}: they have {titles}, and the policy gives it to {_holders(power)}."
    )


def _powers_of(role: str) -> frozenset[str]:
    known = roles_in_force().roles
    return known[role].may if role in known else frozenset()


def _holders(power: str) -> str:
    return ", ".join(role.title for role in roles_in_force().roles.values() if power in role.may) or "nobody"


def _why_not(backend: Any, person: Person, scope: str, tenant: Any) -> str:
    tell = getattr(backend, "why_not", None)
    return str(tell(person, scope, tenant)) if tell else ""


def _behind(authority: Authority, holdings: list[Holding], scope: str) -> Holding | None:
    key = str(authority.right_id or authority.grant_id or "")
    return next(
        (one for one in holdings if (one.key == key if key else one.kind == "role" and scope in one.scopes)),
        None,
    )


def _begins_small(words: str) -> str:
    return words[:1].lower() + words[1:]


@dataclass(frozen=True)
class OnTenant:
    """One person's way to one tenant: what they can do there, through what, since and until when, and when they last did."""

    person: Person
    may: tuple[str, ...]
    because: str
    through: str
    since: datetime | None = None
    until: datetime | None = None
    last_used: datetime | None = None
    shared: bool = False
    url: str = ""


def access_on(tenant: Any) -> list[OnTenant]:
    """Return who can do what on a tenant right now, people with a right or a grant of their own first. Each is asked as when they act."""
    scopes = roles_in_force().scopes
    people = Person.objects.filter(is_active=True, memberships__isnull=False).distinct()[:MOST_PEOPLE]
    found: list[OnTenant] = []
    for person in people:
        held = authorities_for(person, list(scopes), tenant)
        holdings = holdings_of(person, str(tenant.pk)) if held else []
        ways: dict[Authority, list[str]] = {}
        for scope, authority in held.items():
            ways.setdefault(authority, []).append(scope)
        for authority, keys in ways.items():
            holding = _behind(authority, holdings, keys[0])
            found.append(_way(person, tuple(scopes[key].may for key in keys), authority, holding))
    return sorted(found, key=lambda way: (way.because == "role", way.person.display_name))


def _way(person: Person, may: tuple[str, ...], authority: Authority, holding: Holding | None) -> OnTenant:
    if holding is None:
        return OnTenant(person, may, authority.because, authority.because)
    return OnTenant(
        person,
        may,
        authority.because,
        holding.through,
        holding.since,
        holding.until,
        holding.last_used,
        holding.shared,
        holding.url,
    )

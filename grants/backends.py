"""What a live grant allows, read from the database at the moment of use (design.md, law 1)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Person
from accounts.queries import Authority, roles_in_force
from accounts.roles import Roles, Scope
from grants import evidence
from grants.access_rules import AccessRules
from grants.hours import closing
from grants.models import AccessRequest, Grant
from grants.rules import rules_in_force
from opsconsole.lib.clock import written
from tenants.models import Tenant

# One query. `grants_live` (grants/sql_files/0014_rests_on.sql) is the law itself, in a function so that its plan is made once a connection:
# it reads the wall clock once, and the policy in force only narrows. What the grant rests on comes along: its digests are made again
# (grants.evidence).
_LIVE = f"""
    SELECT g.id, g.asked_at, g.until, g.kind, {evidence.COLUMNS}
    FROM grants_live(%(person)s, %(tenant)s, %(scope)s, %(longest)s, %(roles)s::text[], %(glass_longest)s, %(glass_roles)s::text[],
                     %(suspended)s::text[]) AS g
    JOIN grants_accessrequest r ON r.id = g.request_id
"""  # noqa: S608 - columns of the module evidence

_ASKED_ONCE = """
    SELECT DISTINCT scope FROM grants_grantscope
    WHERE person_id = %s AND tenant_id = %s AND scope = ANY(%s) AND until > clock_timestamp()
"""


@dataclass(frozen=True)
class LiveGrant:
    """A grant that allows one scope right now: `asked_at` is the database's clock, `until` the end that counts."""

    id: UUID
    asked_at: datetime
    until: datetime
    kind: str = AccessRequest.Kind.ASKED

    @property
    def because(self) -> str:
        """Return the authority that its use is recorded under."""
        return "break-glass" if self.kind == AccessRequest.Kind.BREAK_GLASS else "grant"


def live_grant(person: Person, scope: str, tenant: Tenant) -> LiveGrant | None:
    """Return the live grant of one scope on one tenant, or None. One query; nothing is cached."""
    known, rules = roles_in_force(), rules_in_force()
    declared = known.scopes.get(scope)
    if declared is None:
        return None
    values: dict[str, Any] = {"person": person.pk, "tenant": tenant.pk, "scope": scope}
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, values | ceremonies_now(declared.consequence, known, rules))
        row = cursor.fetchone()
    if row is None or not evidence.read(row[4:]).holds(scope):
        return None
    return within_hours(LiveGrant(*row[:4]), declared, rules)


def ceremonies_now(consequence: str, known: Roles, rules: AccessRules) -> dict[str, Any]:
    """Return the longest minutes and the roles that count now, for what was asked for and for an emergency start."""
    ceremony, glass = rules.ceremonies.get(consequence), rules.glass
    asking = [role.key for role in known.roles.values() if consequence in role.asks_for]
    return {
        "longest": ceremony.longest_minutes if ceremony else 0,
        "roles": asking if ceremony else [],
        "suspended": sorted(rules.suspended),
        "glass_longest": glass.minutes,
        "glass_roles": sorted(glass.roles) if consequence in glass.consequences else [],
    }


def within_hours(grant: LiveGrant, scope: Scope, rules: AccessRules) -> LiveGrant | None:
    """Return a grant with the end that the policy's hours give it, None while they are closed; an emergency start waits for no hours."""
    limits = rules.limits_of({scope.key: scope.consequence})
    if not limits or grant.kind == AccessRequest.Kind.BREAK_GLASS:
        return grant
    try:
        closes = closing(limits, grant.asked_at)
    except ValueError:
        return None
    return replace(grant, until=min(grant.until, closes)) if closes else grant


class GrantBackend:
    """Answers `tenants.<scope>` on one tenant from live grants; signs nobody in."""

    def authenticate(self, request: object, **_credentials: object) -> None:
        """Return None: a grant is no way to sign in."""
        return

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Tell whether a live grant gives the scope named by `perm` on the tenant `obj`."""
        app, _, scope = perm.partition(".")
        if (
            app != "tenants"
            or not isinstance(obj, Tenant)
            or not isinstance(user_obj, Person)
            or not user_obj.is_active
        ):
            return False
        return live_grant(user_obj, scope, obj) is not None

    def candidates(self, person: Person, scopes: list[str], tenant: Any) -> list[str]:
        """Return the scopes for which a grant may be live: a cheap first look for pages with many; `explain` decides on each."""
        if not isinstance(tenant, Tenant):
            return []
        with connection.cursor() as cursor:
            cursor.execute(_ASKED_ONCE, [person.pk, tenant.pk, scopes])
            return [scope for (scope,) in cursor.fetchall()]

    def explain(self, person: Person, scope: str, tenant: Any) -> Authority | None:
        """Return the authority "grant" or "break-glass" with the id of the live grant, or None."""
        grant = live_grant(person, scope, tenant) if isinstance(tenant, Tenant) else None
        return Authority(grant.because, grant.id) if grant else None

    def why_not(self, person: Person, scope: str, tenant: Any) -> str:
        """Return in words how the last access to this ended, or that it waits, as the end of a sentence; "" where there was none."""
        if not isinstance(tenant, Tenant):
            return ""
        last = (
            Grant.objects.filter(person=person, tenant=tenant, scopes__scope=scope)
            .select_related("case")
            .order_by("-starts_at")
            .first()
        )
        if last is None:
            return ""
        over = min(last.ended_at or last.expires_at, last.expires_at)
        return f"their access under ticket {last.case.ticket} ended on {written(over)}"

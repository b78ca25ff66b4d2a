"""What a live grant allows, read from the database at the moment of use (design.md, law 1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Person
from accounts.queries import Authority, roles_in_force
from grants.rules import rules_in_force
from tenants.models import Tenant

# One query. The subselect reads the wall clock once and lets the index serve the range; the filters on the grant are the law itself. The
# policy in force only narrows: a shorter longest window and roles that no longer ask for the consequence count at once.
_LIVE = """
    SELECT g.id, moment.t, least(g.expires_at, g.starts_at + make_interval(mins => %(longest)s))
    FROM (SELECT clock_timestamp() AS t OFFSET 0) AS moment
    JOIN grants_grantscope s
      ON s.person_id = %(person)s AND s.tenant_id = %(tenant)s AND s.scope = %(scope)s AND s.until > moment.t
    JOIN grants_grant g ON g.id = s.grant_id
    JOIN grants_accessrequest r ON r.id = g.request_id AND r.status = 'approved' AND r.digest = g.digest
    JOIN accounts_person p ON p.id = g.person_id AND p.is_active
    JOIN tenants_tenant n ON n.id = g.tenant_id AND n.gone_at IS NULL
    WHERE g.ended_at IS NULL AND g.starts_at <= moment.t AND moment.t < g.expires_at
      AND moment.t < g.starts_at + make_interval(mins => %(longest)s)
      AND EXISTS (SELECT 1 FROM accounts_rolemembership m WHERE m.person_id = g.person_id AND m.role = ANY(%(roles)s))
    ORDER BY g.expires_at DESC
    LIMIT 1
"""


@dataclass(frozen=True)
class LiveGrant:
    """A grant that allows one scope right now: `asked_at` is the database's clock, `until` the end that counts."""

    id: UUID
    asked_at: datetime
    until: datetime


def live_grant(person: Person, scope: str, tenant: Tenant) -> LiveGrant | None:
    """Return the live grant of one scope on one tenant, or None. One query; nothing is cached."""
    known = roles_in_force()
    declared = known.scopes.get(scope)
    ceremony = rules_in_force().ceremonies.get(declared.consequence) if declared else None
    if declared is None or ceremony is None:
        return None
    roles = [role.key for role in known.roles.values() if declared.consequence in role.asks_for]
    values: dict[str, Any] = {
        "person": person.pk,
        "tenant": tenant.pk,
        "scope": scope,
        "longest": ceremony.longest_minutes,
        "roles": roles,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, values)
        row = cursor.fetchone()
    return LiveGrant(*row) if row else None


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

    def explain(self, person: Person, scope: str, tenant: Any) -> Authority | None:
        """Return the authority "grant" with the id of the live grant, or None."""
        grant = live_grant(person, scope, tenant) if isinstance(tenant, Tenant) else None
        return Authority("grant", grant.id) if grant else None

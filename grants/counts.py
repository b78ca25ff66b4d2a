"""What the policy in force lets count for access that lives, as SQL: the check at use, the sweeps and the pages go by the same."""

from typing import Any

from accounts.queries import roles_in_force
from grants.backends import ceremonies_now
from grants.models import AccessRequest
from grants.rules import rules_in_force

COUNTS = """
    WITH counts AS (
        SELECT * FROM unnest(%(kinds)s::text[], %(scopes)s::text[], %(longest)s::int[], %(roles)s::text[])
            AS c (kind, scope, longest, role)
    )
"""
"""One row for each kind of start, scope and role, with the longest minutes."""

BEST = """
    LEFT JOIN LATERAL (SELECT max(c.longest) AS longest FROM counts c JOIN accounts_rolemembership m ON m.role = c.role
                       WHERE c.kind = r.kind AND c.scope = s.scope AND m.person_id = g.person_id) best ON true
"""
"""Of `grants_grant g`, its request `r` and its scope `s`: the longest minutes that a role of its holder gives, NULL for none."""


def counted() -> dict[str, list[Any]]:
    """Return the values of `COUNTS` under the policy in force."""
    known, rules = roles_in_force(), rules_in_force()
    found: dict[str, list[Any]] = {"kinds": [], "scopes": [], "longest": [], "roles": []}
    for scope in known.scopes.values():
        now = ceremonies_now(scope.consequence, known, rules)
        for kind, prefix in ((AccessRequest.Kind.ASKED, ""), (AccessRequest.Kind.BREAK_GLASS, "glass_")):
            for role in now[f"{prefix}roles"]:
                row = (kind.value, scope.key, now[f"{prefix}longest"], role)
                for name, value in zip(("kinds", "scopes", "longest", "roles"), row, strict=True):
                    found[name].append(value)
    return found

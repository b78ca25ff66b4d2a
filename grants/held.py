"""Which of some scopes one grant gives right now, all in one query: the check at use (grants.backends) for what stands on a whole grant."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from accounts.queries import roles_in_force
from audit.policies import active_policy
from grants import evidence
from grants.backends import LiveGrant, ceremonies_now, within_hours
from grants.rules import rules_in_force

HELD = f"""
    LEFT JOIN LATERAL (
        SELECT c.scope AS held_scope, g.id AS held_grant, g.asked_at, g.until, g.kind, {evidence.COLUMNS}
        FROM jsonb_to_recordset(%(ceremonies)s::jsonb)
             AS c (scope text, longest int, roles text[], glass_longest int, glass_roles text[])
        CROSS JOIN LATERAL grants_live(s.agent_id, s.tenant_id, c.scope, c.longest, c.roles, c.glass_longest, c.glass_roles,
                                       %(suspended)s::text[]) AS g
        JOIN grants_accessrequest r ON r.id = g.request_id
        WHERE c.scope = ANY(s.scopes) AND g.id = s.grant_id
    ) held ON true
"""  # noqa: S608 - columns of the module evidence
"""Joins one row for each scope that the grant of `s` (agent_id, tenant_id, grant_id, scopes) gives now; `read_held` takes `held.*`."""


def held_values() -> Mapping[str, Any]:
    """Return the values of `HELD` under the policy in force."""
    return _values(active_policy().version)


def read_held(rows: Iterable[tuple[Any, ...]]) -> dict[str, LiveGrant]:
    """Return by scope what rows of `held.*` give; one whose evidence does not fit, or whose hours are closed, is left out."""
    known, rules = roles_in_force(), rules_in_force()
    found = {}
    for scope, *columns in rows:
        if scope is None or not evidence.read(columns[4:]).holds(scope):
            continue
        live = within_hours(LiveGrant(*columns[:4]), known.scopes[scope], rules)
        if live is not None:
            found[scope] = live
    return found


@lru_cache(maxsize=8)
def _values(_version: str) -> Mapping[str, Any]:
    known, rules = roles_in_force(), rules_in_force()
    ceremonies = [
        {"scope": scope.key} | ceremonies_now(scope.consequence, known, rules)
        for scope in known.scopes.values()
    ]
    return {"ceremonies": json.dumps(ceremonies), "suspended": sorted(rules.suspended)}

"""The section that the page of a policy version shows: the requests of the last 90 days under that version."""

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any

from django.db import connection

from accounts.models import Person, RoleMembership
from accounts.queries import powers_of
from audit.models import PolicyVersion
from audit.policies import active_policy, policy_version
from grants.models import AccessRequest
from grants.replay import EFFECTS, Past, replay, rules_of
from opsconsole.lib.clock import database_now

DAYS = 90
MOST = 20_000  # requests; the newest count
CHUNK = 2_000  # rows read at a time

_PAST = """
    SELECT r.id, r.asked_at, p.display_name, p.id::text, t.name, r.environment, c.ticket, c.issue, r.reason, r.kind, r.minutes,
           ARRAY(SELECT s.scope::text FROM grants_requestscope s WHERE s.request_id = r.id),
           coalesce((SELECT m.mode FROM grants_consentmode m WHERE m.tenant_id = r.tenant_id ORDER BY m.id DESC LIMIT 1), '')
    FROM grants_accessrequest r
    JOIN grants_case c ON c.id = r.case_id JOIN tenants_tenant t ON t.id = r.tenant_id JOIN accounts_person p ON p.id = r.person_id
    WHERE r.asked_at >= %s ORDER BY r.asked_at DESC LIMIT %s
"""


def replay_section(*, person: Person, version: PolicyVersion) -> dict[str, Any] | None:
    """Return what a version that is not in force would change for the requests of the last 90 days; registered with the policy's pages."""
    draft = policy_version(version.version)
    if draft is None or version.state == PolicyVersion.State.ACTIVE:
        return None
    begun = perf_counter()
    since = database_now() - timedelta(days=DAYS)
    done = replay(_pasts(since), in_force=rules_of(active_policy()), draft=rules_of(draft))
    return {
        "key": "replay",
        "title": "What it would have meant",
        "lead": f"Every request of the last {DAYS} days, judged by this version and by the one in force.",
        "template": "grants/_replay.html",
        "days": DAYS,
        "replay": done,
        "counts": [done.counts[effect.key] for effect in EFFECTS],
        "of_all": AccessRequest.objects.filter(asked_at__gte=since).count(),
        "seconds": perf_counter() - begun,
        "links": "review" in powers_of(person).may,
    }


def _pasts(since: Any) -> Iterator[Past]:
    roles: dict[str, set[str]] = {}
    for person_id, role in RoleMembership.objects.values_list("person_id", "role"):
        roles.setdefault(str(person_id), set()).add(role)
    held = {person_id: frozenset(theirs) for person_id, theirs in roles.items()}
    with connection.cursor() as cursor:
        cursor.execute(_PAST, [since, MOST])
        while rows := cursor.fetchmany(CHUNK):
            for (
                pk,
                at,
                name,
                person_id,
                tenant,
                environment,
                ticket,
                issue,
                reason,
                kind,
                minutes,
                scopes,
                mode,
            ) in rows:
                yield Past(
                    pk, at, name, tenant, environment, ticket, issue, reason, kind, minutes, frozenset(scopes),
                    held.get(person_id, frozenset()), mode,
                )  # fmt: skip

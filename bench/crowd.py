"""Many grants at once, written as the owner of the tables in a few statements; for benchmarks of large numbers."""

from collections.abc import Callable
from typing import Any

Execute = Callable[[str], Any]

FILL = """
ALTER TABLE grants_case DISABLE TRIGGER USER; ALTER TABLE grants_accessrequest DISABLE TRIGGER USER;
ALTER TABLE grants_requestscope DISABLE TRIGGER USER; ALTER TABLE grants_grant DISABLE TRIGGER USER;
ALTER TABLE grants_grantscope DISABLE TRIGGER USER;
WITH made AS (
    SELECT n, gen_random_uuid() AS case_id, gen_random_uuid() AS request_id, gen_random_uuid() AS grant_id,
           clock_timestamp() + ({end}) AS until,
           (SELECT id FROM accounts_person WHERE username = 'agent') AS person_id, t.id AS tenant_id
    FROM generate_series({first}, {last}) n
    JOIN (SELECT id, row_number() OVER (ORDER BY slug) - 1 AS place, count(*) OVER () AS many FROM tenants_tenant) t
      ON t.place = n % t.many
), a_case AS (
    INSERT INTO grants_case (id, ticket, tenant_id, owner_id, issue, notes, status, opened_at)
    SELECT case_id, 'CROWD-' || n, tenant_id, person_id, 'crowd', '', 'open', until - interval '1 hour' FROM made
), a_request AS (
    INSERT INTO grants_accessrequest (id, case_id, tenant_id, environment, region, requester_id, person_id, reason, minutes,
        policy_version, longest_minutes, approvals_needed, scope_count, same_as, digest, round, status, asked_at, pending_until, closed_at)
    SELECT request_id, case_id, tenant_id, '', '', person_id, person_id, 'crowd', 30, 'x', 240, 1, 1, 'crowd-' || n, 'crowd', 1,
        'approved', until - interval '1 hour', until + interval '1 hour', until - interval '30 minutes' FROM made
), a_requestscope AS (
    INSERT INTO grants_requestscope (request_id, scope, consequence) SELECT request_id, 'crowd.' || n, 'sensitive' FROM made
), a_grant AS (
    INSERT INTO grants_grant (id, case_id, request_id, tenant_id, person_id, digest, status, starts_at, counts_from,
        expires_at, end_cause)
    SELECT grant_id, case_id, request_id, tenant_id, person_id, 'crowd', 'live', until - interval '30 minutes',
        until - interval '30 minutes', until, '' FROM made
)
INSERT INTO grants_grantscope (grant_id, request_id, scope, consequence, person_id, tenant_id, starts_at, until)
SELECT grant_id, request_id, 'crowd.' || n, 'sensitive', person_id, tenant_id, until - interval '30 minutes', until FROM made;
"""
TABLES = (
    *("grants_case", "grants_accessrequest", "grants_requestscope", "grants_grant", "grants_grantscope"),
    *("grants_approval", "grants_approvalscope"),
)
WATCH = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tgname, tgrelid::regclass AS target FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY({tables}) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', found.target, found.tgname);
    END LOOP;
END $$;
"""


def fill(execute: Execute, count: int, *, first: int = 1, end: str = "interval '0'") -> None:
    """Write `count` live grants of one agent, numbered from `first`, that all end at one moment: now, or `end` later (an SQL interval)."""
    execute("BEGIN;" + FILL.format(first=first, last=first + count - 1, end=end) + "COMMIT;")


def watch(execute: Execute) -> None:
    """Put every trigger back in force, and let the planner see the rows."""
    tables = ", ".join(f"'{table}'::regclass" for table in TABLES)
    execute(WATCH.format(tables=f"ARRAY[{tables}]"))
    execute("ANALYZE")


def make_real(execute: Execute, number: int, scope: str) -> None:
    """Make one grant of the crowd a true one: with a scope of the policy, and decided on with the digest of what it says."""
    from grants.digest import digest_of
    from grants.models import AccessRequest
    from grants.policy import Decided

    execute(
        f"""INSERT INTO grants_requestscope (request_id, scope, consequence)
                SELECT request_id, '{scope}', consequence FROM grants_requestscope WHERE scope = 'crowd.{number}';
            UPDATE grants_grantscope SET scope = '{scope}' WHERE scope = 'crowd.{number}';
            DELETE FROM grants_requestscope WHERE scope = 'crowd.{number}'"""
    )
    request = AccessRequest.objects.get(same_as=f"crowd-{number}")
    digest = digest_of(request, Decided(frozenset({scope}), request.minutes))
    execute(
        f"""ALTER TABLE grants_approval DISABLE TRIGGER USER; ALTER TABLE grants_approvalscope DISABLE TRIGGER USER;
            UPDATE grants_accessrequest SET digest = '{digest}' WHERE id = '{request.pk}';
            UPDATE grants_grant SET digest = '{digest}' WHERE request_id = '{request.pk}';
            WITH made AS (
                INSERT INTO grants_approval (id, request_id, requester_id, person_id, decider_id, decision, digest, round, minutes,
                    scope_count, comment, policy_version, decided_at)
                SELECT gen_random_uuid(), r.id, r.requester_id, r.person_id, p.id, 'approve', r.digest, 1, r.minutes, 1, '', 'x',
                    r.closed_at
                FROM grants_accessrequest r JOIN accounts_person p ON p.username = 'approver' WHERE r.id = '{request.pk}'
                RETURNING id, request_id
            )
            INSERT INTO grants_approvalscope (approval_id, request_id, scope) SELECT id, request_id, '{scope}' FROM made"""
    )

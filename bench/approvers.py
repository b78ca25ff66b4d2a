"""Fifty approvers decide five hundred requests at once, each on a connection of their own and in an order of their own."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.crowd import Execute
from bench.rows import Row
from bench.timing import seconds

REQUESTS, APPROVERS, AGENTS = 500, 50, 10
TRIES = 100  # requests that each approver takes up
REASON = "The sync stopped at row 431; I want to see which value of the file stopped it."


def rows(execute: Execute) -> list[Row]:
    """Seconds for all, and what each decision came to: once approved, else a conflict."""
    _people(execute, "agent", "support", AGENTS)
    _people(execute, "approver", "support_lead", APPROVERS)
    asked = _ask()
    outcomes: Counter[str] = Counter()
    took = seconds(lambda: outcomes.update(_all_decide(asked)))
    twice = execute(
        "SELECT count(*) FROM (SELECT request_id FROM grants_approval GROUP BY 1 HAVING count(*) > 1) t"
    )
    others = sum(outcomes.values()) - outcomes["approved"] - outcomes["conflict"]
    note = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items()))
    return [
        Row(f"{APPROVERS} approvers, {REQUESTS} requests, each tries {TRIES} at random", took, 60, "s", note),
        Row("requests decided twice", twice.fetchone()[0], 1, "requests"),
        Row("requests left undecided", REQUESTS - outcomes["approved"], 1, "requests"),
        Row("answers that were neither a decision nor a conflict", others, 1, "answers"),
    ]


def _people(execute: Execute, like: str, role: str, count: int) -> None:
    execute(
        "ALTER TABLE accounts_person DISABLE TRIGGER USER; ALTER TABLE accounts_rolemembership DISABLE TRIGGER USER"
    )
    columns = execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_name = 'accounts_person' AND column_name NOT IN ('id', 'username')"
    ).fetchone()[0]
    execute(
        f"INSERT INTO accounts_person (id, username, {columns}) SELECT gen_random_uuid(), '{like}-' || n, {columns}"
        f" FROM accounts_person, generate_series(1, {count}) n WHERE username = '{like}'"
    )
    execute(
        "INSERT INTO accounts_rolemembership (id, person_id, role, since)"
        f" SELECT gen_random_uuid(), id, '{role}', now() FROM accounts_person WHERE username LIKE '{like}-%'"
    )
    execute(
        "ALTER TABLE accounts_person ENABLE TRIGGER USER; ALTER TABLE accounts_rolemembership ENABLE TRIGGER USER"
    )


def _ask() -> list[Any]:
    from accounts.models import Person
    from audit.context import surface
    from grants.actions import open_case, request_access
    from tenants.models import Tenant

    asked = []
    agents = list(Person.objects.filter(username__startswith="agent-"))
    tenants = list(Tenant.objects.order_by("slug")[: REQUESTS // AGENTS])
    with surface("command"):
        for number, (agent, tenant) in enumerate((a, t) for a in agents for t in tenants):
            issue = "The import stopped and nobody knows why."
            case = open_case(actor=agent, tenant=tenant, ticket=f"BE-{number}", issue=issue)
            asked.append(
                request_access(
                    actor=agent, case_id=case.pk, scopes=["imports.read"], minutes=30, reason=REASON
                )
            )
    return asked


def _all_decide(asked: list[Any]) -> Counter[str]:
    from accounts.models import Person

    outcomes: Counter[str] = Counter()
    approvers = list(Person.objects.filter(username__startswith="approver-"))
    with ThreadPoolExecutor(APPROVERS) as pool:
        for answers in pool.map(lambda one: _decide(one[1], one[0], asked), enumerate(approvers)):
            outcomes.update(answers)
    return outcomes


def _decide(approver: Any, seed: int, asked: list[Any]) -> list[str]:
    from django.db import connection

    from audit.context import surface
    from grants.actions import approve
    from opsconsole.lib.errors import Conflict

    answers = []
    order = random.Random(seed).sample(asked, TRIES)
    try:
        for request in order:
            try:
                with surface("command"):
                    approve(
                        actor=approver,
                        request_id=request.pk,
                        digest=request.digest,
                        scopes=["imports.read"],
                        minutes=30,
                    )
                answers.append("approved")
            except Conflict:
                answers.append("conflict")
            except Exception as error:  # noqa: BLE001 - whatever it is, the table names it
                answers.append(type(error).__name__)
    finally:
        connection.close()
    return answers

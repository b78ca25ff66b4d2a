"""Access at size: the authority check beside django-guardian's, ends that all come in one second, many approvers at once.

`OPSCONSOLE_BENCH_GRANTS` sets how many grants stand beside the one that is checked (1,000,000).
"""

import os
from datetime import timedelta
from functools import partial
from typing import Any

from bench import approvers, endings
from bench.crowd import Execute, fill, make_real, watch
from bench.engine import as_owner, console_database, owner_of
from bench.rows import Row
from bench.timing import median_ms

GRANTS = int(os.environ.get("OPSCONSOLE_BENCH_GRANTS", "1000000"))
STEP = 50_000
TURNS = 300
SCOPE = "imports.read"


def run() -> list[Row]:
    """One run on an engine of its own, its disk writes waited for."""
    with console_database() as urls:
        os.environ["OPSCONSOLE_DEMO"] = "1"
        as_owner(urls, "-m", "demo.productdb")
        as_owner(urls, "manage.py", "bootstrap", "--without-history")
        with owner_of(urls) as execute:
            return [*approvers.rows(execute), *endings.rows(execute, urls), *_authority(execute)]


def _authority(execute: Execute) -> list[Row]:
    """One check beside ten grants and beside a million, and guardian's on the same tenant."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from guardian.backends import ObjectPermissionBackend

    from accounts.models import Person
    from audit.context import surface
    from grants.backends import live_grant
    from tenants.models import Tenant

    fill(execute, 10, first=5_000_001, end="interval '20 minutes'")  # begun ten minutes ago
    make_real(execute, 5_000_001, SCOPE)
    watch(execute)
    person = Person.objects.get(username="agent")
    place = execute("SELECT tenant_id FROM grants_accessrequest WHERE same_as = 'crowd-5000001'")
    tenant = Tenant.objects.get(pk=place.fetchone()[0])
    check = partial(live_grant, person, SCOPE, tenant)
    with surface("command"):
        assert check() is not None
        few = median_ms(check, TURNS)
        with CaptureQueriesContext(connection) as asked:
            check()
    for start in range(2_000_000, 2_000_000 + GRANTS, STEP):
        fill(execute, min(STEP, GRANTS), first=start, end="interval '1 hour'")
    watch(execute)
    with surface("command"):
        _give_book(person, tenant)
    guardian = ObjectPermissionBackend()
    with surface("command"):
        many = median_ms(check, TURNS)
        theirs = median_ms(lambda: guardian.has_perm(person, "tenants.view_tenant", tenant), TURNS)
    size = f"{GRANTS:,} grants"
    return [
        Row("authority check", len(asked), 1, "queries"),
        Row(
            f"authority check beside {size}, to a third of guardian's",
            many,
            theirs / 3,
            "ms",
            f"guardian {theirs:.2f} ms",
        ),
        Row(
            f"authority check beside {size}, to beside ten", many, few * 1.5, "ms", f"beside ten {few:.2f} ms"
        ),
    ]


def _give_book(person: Any, tenant: Any) -> None:
    """Let guardian hold a right on the tenant, as the administrator gives it."""
    from accounts.models import Person
    from accounts.rights.actions import Terms, give_right
    from opsconsole.lib.clock import database_now

    terms = Terms("The benchmark", "Measured beside access.", (database_now() + timedelta(days=30)).date())
    people = Person.objects
    give_right(
        actor=people.get(username="admin"), person=person, right="view_tenant", obj=tenant, terms=terms
    )

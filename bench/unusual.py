"""The rules on unusual use: one pass over new entries of a busy log, and one over accesses beside a hundred thousand that are long over.

`OPSCONSOLE_BENCH_ENTRIES` sets how many entries the log has (60,000), `OPSCONSOLE_BENCH_OVER` how many accesses are over (100,000).
"""

import os
import time
from statistics import median

from bench.crowd import Execute, fill, watch
from bench.engine import as_owner, console_database, owner_of
from bench.rows import Row
from bench.timing import median_ms

ENTRIES = int(os.environ.get("OPSCONSOLE_BENCH_ENTRIES", "60000"))
OVER = int(os.environ.get("OPSCONSOLE_BENCH_OVER", "100000"))
LATELY = 500  # accesses that ended within the days that the rule looks at
STEP = 50_000
A_PASS, THE_ROWS = (
    1_000.0,
    300.0,
)  # milliseconds; a pass comes every thirty seconds, the rows every five minutes
EVENTS = f"""
    INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_id, actor_label, tenant_id, tenant_label, surface,
                             authority, outcome, http_request_id, fields)
    SELECT gen_random_uuid(), now() - interval '10 days' + i * (interval '10 days' / {ENTRIES}),
           CASE WHEN i % 40 = 0 THEN 'field.revealed' WHEN i % 25 = 0 THEN 'request.refused' ELSE 'panel.opened' END, 1,
           'An agent opened Billing of a tenant', 'person',
           CASE WHEN i % 200 < 20 THEN (SELECT id::text FROM accounts_person WHERE username = 'agent')
                ELSE md5((i % 200)::text)::uuid::text END,
           'Agent ' || i % 200, t.id::text, t.name, 'web', 'role', CASE WHEN i % 25 = 0 THEN 'refused' ELSE 'ok' END, i::text, '{{}}'
    FROM generate_series(1, {ENTRIES}) AS i
    JOIN (SELECT id, name, row_number() OVER (ORDER BY slug) - 1 AS place, count(*) OVER () AS many FROM tenants_tenant) t
      ON t.place = (i / 7) % t.many"""


def run() -> list[Row]:
    """One run on an engine of its own, its disk writes waited for."""
    with console_database() as urls:
        os.environ["OPSCONSOLE_DEMO"] = "1"
        as_owner(urls, "-m", "demo.productdb")
        as_owner(urls, "manage.py", "bootstrap", "--without-history")
        with owner_of(urls) as execute:
            return [*_entries(execute), *_rows(execute)]


def _entries(execute: Execute) -> list[Row]:
    """Every rule of the demo over the whole log, pass by pass."""
    from audit.actions import seal_all
    from audit.context import surface
    from grants.models import UnusualFlag
    from grants.unusual.actions import BATCH, flag_unusual_use

    execute(
        "SELECT audit_make_partition((now() - make_interval(months => n))::date) FROM generate_series(0, 1) n"
    )
    execute(EVENTS)
    execute("ANALYZE audit_event")
    with surface("task"):
        seal_all()
        passes: list[float] = []
        done = 1
        while done:
            begun = time.perf_counter()
            done = flag_unusual_use()
            passes.append((time.perf_counter() - begun) * 1000)
        passes.pop()  # the last found nothing more
        flags = UnusualFlag.objects.count()
    assert flags, "the agent's looks stand out"
    what = f"all rules over the next {BATCH:,} entries of {ENTRIES:,}"
    slowest = f"the slowest of {len(passes)} passes {max(passes):.0f} ms, {flags} flags"
    return [Row(what, median(passes), A_PASS, "ms", slowest)]


def _rows(execute: Execute) -> list[Row]:
    """Access without a note, and rights that the log knows nothing of."""
    from audit.context import surface
    from grants.unusual.actions import flag_what_the_rows_say

    for first in range(1, OVER + 1, STEP):
        fill(execute, min(STEP, OVER + 1 - first), first=first, end="-interval '60 days'")
    fill(execute, LATELY, first=OVER + 1, end="-interval '5 hours'")
    watch(execute)
    with surface("task"):
        took = median_ms(flag_what_the_rows_say, 5)
    return [Row(f"access without a note, beside {OVER:,} that are over", took, THE_ROWS, "ms")]

"""A log of any size for the benchmarks of the log: how many events, what they take, and how they come in."""

import os
import shutil
import tempfile
import time

from bench.rows import Row
from opsconsole.embedded.roles import Urls

EVENTS = int(os.environ.get("OPSCONSOLE_BENCH_EVENTS", "200000"))
SEALED = min(EVENTS, 200_000)  # so many are put under the seal, proved and verified
PART = 200_000  # events of one statement
LARGE = 1_000_000  # from here on events are indexed once all are there
BYTES = 1_500  # of one event with its indexes; twice while they are made
EVENTS_A_SECOND = 9_000  # what comes in on two slow cores
STORY = 500  # events of the one tenant whose story is read
GENERATE = """
    INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_id, actor_label, tenant_id, tenant_label, ticket,
                             grant_id, surface, authority, outcome, http_request_id, fields)
    SELECT gen_random_uuid(), now() - interval '1 year' + i * (interval '1 year' / %(events)s::int),
           (ARRAY['panel.opened', 'case.opened', 'access.requested', 'request.approved', 'grant.ended'])[1 + i %% 5], 1,
           'Agent ' || i %% 40 || ' opened Billing of Tenant ' || i %% 700 || ' under ticket HD-' || i %% 90000,
           'person', 'actor-' || i %% 40, 'Agent ' || i %% 40, 'tenant-' || i %% 700, 'Tenant ' || i %% 700, 'HD-' || i %% 90000,
           CASE WHEN i %% 3 = 0 THEN md5((i %% 20000)::text)::uuid END, 'web', 'role', CASE WHEN i %% 50 = 0 THEN 'refused' ELSE 'ok' END,
           md5((i / 3)::text), '{"panel": "Billing"}'
    FROM generate_series(%(first)s::int, %(last)s::int) AS i"""
THE_STORY = """
    INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_id, actor_label, tenant_id, tenant_label, ticket,
                             surface, authority, outcome, http_request_id, fields)
    SELECT gen_random_uuid(), now() - interval '3 weeks' + i * interval '1 hour', 'panel.opened', 1,
           'Agent ' || i %% 4 || ' opened Billing of Storied under ticket HD-' || i / 20, 'person', 'actor-' || i %% 4, 'Agent ' || i %% 4,
           'tenant-storied', 'Storied', 'HD-' || i / 20, 'web', 'role', 'ok', 'story-' || i / 3, '{"panel": "Billing"}'
    FROM generate_series(1, %s::int) AS i"""

INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_event' AND indexname <> 'audit_event_pkey'"
NAMES = """
    INSERT INTO audit_name SELECT DISTINCT 'actor', actor_id, actor_label FROM audit_event
    UNION SELECT DISTINCT 'tenant', tenant_id, tenant_label FROM audit_event WHERE tenant_label <> '' ON CONFLICT DO NOTHING"""


def told() -> str:
    """Return how much disk and time this will take, in one sentence."""
    gigabytes = EVENTS * BYTES / 1e9
    minutes = EVENTS / EVENTS_A_SECOND / 60 + 2
    return f"{EVENTS:,} events take about {gigabytes:.1f} GB below {tempfile.gettempdir()} and {minutes:.0f} minutes."


def guard_disk() -> None:
    """Say what it takes, and stop where there is no room for it."""
    print(told(), flush=True)
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < EVENTS * BYTES * 1.5:
        raise SystemExit(
            f"Only {free / 1e9:.1f} GB are free there. Set TMPDIR to a larger disk, or ask for fewer events."
        )


def generate(urls: Urls) -> list[Row]:
    """Write the events as the owner of the tables, over the last year, and return how fast they came in."""
    import psycopg

    begun = time.perf_counter()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(
            "SELECT audit_make_partition((now() - make_interval(months => n))::date) FROM generate_series(0, 12) n"
        )
        indexes = owner.execute(INDEXES).fetchall() if EVENTS > LARGE else []
        for name, _definition in indexes:
            owner.execute(f"DROP INDEX {name}".encode())
        for first in range(0, EVENTS, PART):
            last = min(EVENTS, first + PART)
            owner.execute(GENERATE, {"first": first + 1, "last": last, "events": EVENTS})
            print(f"{last:,} events", end="\r", flush=True)
        owner.execute(THE_STORY, [STORY])
        owner.execute("SET maintenance_work_mem = '512MB'")
        for name, definition in indexes:
            print(f"indexing: {name}", end="\r", flush=True)
            owner.execute(definition.replace(" ON ONLY ", " ON ").encode())
        owner.execute(NAMES)  # the sealer's own work; here most events stay without a seal
        owner.execute("VACUUM ANALYZE audit_event")
    took = time.perf_counter() - begun
    note = f"{took / 60:.1f} minutes"
    return [Row("bringing in one event, in bulk", took / EVENTS * 1e6, 1e6 / EVENTS_A_SECOND, "us", note)]


def take_the_rest_as_sealed(urls: Urls) -> None:
    """Let the sealer begin behind the events of the log that were left without a seal: whoever writes now has nothing to do with them."""
    import psycopg

    with psycopg.connect(urls.owner) as owner:
        owner.execute("ALTER TABLE audit_seal_checkpoint DISABLE TRIGGER audit_append_only")
        owner.execute(
            "UPDATE audit_seal_checkpoint SET last_xid = (SELECT xid FROM audit_event ORDER BY xid DESC LIMIT 1)"
        )
        owner.execute("ALTER TABLE audit_seal_checkpoint ENABLE ALWAYS TRIGGER audit_append_only")


def size() -> list[Row]:
    """Return the bytes of an event, and of all of them."""
    from audit.seal import store

    heap, indexes = store.rows_of(
        """SELECT sum(pg_table_size(inhrelid)), sum(pg_indexes_size(inhrelid)) FROM pg_inherits
           WHERE inhparent = 'audit_event'::regclass"""
    )[0]
    count, seal = store.rows_of(
        """SELECT (SELECT count(*) FROM audit_seal_leaf),
                  pg_total_relation_size('audit_seal_leaf') + pg_total_relation_size('audit_seal_tile')"""
    )[0]
    whole = f"{float(heap + indexes) / 1e9:.2f} GB in all"
    return [
        Row("bytes of an event, heap", float(heap) / EVENTS, 600.0, "B"),
        Row("bytes of an event, indexes", float(indexes) / EVENTS, 900.0, "B", whole),
        Row("bytes of an event, seal", float(seal) / count, 200.0, "B"),
    ]

"""The log at size: sealing, proofs, offline verification, the explorer's pages, one event beside one change.

`OPSCONSOLE_BENCH_EVENTS` sets how many events (200,000). Ten million take about ten gigabytes and half an hour.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.engine import ROOT, console_database
from bench.rows import Row
from bench.timing import median_ms, seconds
from opsconsole.embedded.roles import Urls

EVENTS = int(os.environ.get("OPSCONSOLE_BENCH_EVENTS", "200000"))
TURNS = 300
GENERATE = """
    INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_id, actor_label, tenant_id, tenant_label, ticket,
                             grant_id, surface, authority, outcome, http_request_id, fields)
    SELECT gen_random_uuid(), date_trunc('month', now()) + i * interval '0.2 seconds',
           (ARRAY['panel.opened', 'case.opened', 'access.requested', 'request.approved', 'grant.ended'])[1 + i %% 5], 1,
           'Agent ' || i %% 40 || ' opened Billing of Tenant ' || i %% 700 || ' under ticket HD-' || i %% 90000,
           'person', 'actor-' || i %% 40, 'Agent ' || i %% 40, 'tenant-' || i %% 700, 'Tenant ' || i %% 700, 'HD-' || i %% 90000,
           CASE WHEN i %% 3 = 0 THEN md5((i %% 20000)::text)::uuid END, 'web', 'role', CASE WHEN i %% 50 = 0 THEN 'refused' ELSE 'ok' END,
           md5((i / 3)::text), '{"panel": "Billing"}'
    FROM generate_series(%s, %s) AS i"""


def run() -> list[Row]:
    """Times of one run on an engine of its own, its disk writes waited for; the ratio is against the numbers the log was designed for."""
    with console_database() as urls:
        _generate(urls)
        return [*_change(urls), *_seal(), *_proofs(), *_offline(), *_pages(), *_size()]


def _generate(urls: Urls) -> None:
    import psycopg

    with psycopg.connect(urls.owner, autocommit=True) as owner:
        for start in range(0, EVENTS, 100_000):
            owner.execute(GENERATE, [start + 1, min(EVENTS, start + 100_000)])
        owner.execute("ANALYZE audit_event")


def _change(urls: Urls) -> list[Row]:
    """One row change alone, with its event in the same transaction, and in a table that asks for an event about the row."""
    import psycopg
    from django.db import connection, transaction

    from audit.actions import record
    from audit.context import surface
    from audit.refs import Actor, Ref, Trail

    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(_two_tables().encode())

    def change(kind: str) -> None:
        table = "bench_guarded" if kind == "guarded" else "bench_row"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT words FROM {table} WHERE id = 1 FOR UPDATE")
            cursor.execute(f"UPDATE {table} SET words = %s WHERE id = 1", [str(time.time())])
            if kind != "plain":
                record(
                    "log.searched",
                    actor=Actor("person", "a", "Agent"),
                    obj=Ref("bench", "1", "row"),
                    trail=Trail(ticket="HD-1"),
                    filters=["q"],
                )

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
    times: dict[str, list[float]] = {"plain": [], "event": [], "guarded": []}
    with surface("web"):
        for _ in range(TURNS):
            for kind, taken in times.items():
                taken.append(seconds(partial(change, kind)))
    plain, event, guarded = (statistics.median(taken) for taken in times.values())
    return [
        Row("one event beside one row change, 1 writer, times a plain save", event / plain, 1.4, "x"),
        Row(
            "the same where the table asks for an event about the row",
            guarded / event,
            1.1,
            "x",
            f"{guarded * 1000:.2f} ms",
        ),
    ]


def _two_tables() -> str:
    """Return the SQL of two equal tables, the second guarded as the console's own are."""
    from audit.sql import guard_about, guard_table

    table = """CREATE TABLE {0} (id int PRIMARY KEY, words text); INSERT INTO {0} VALUES (1, '');
               GRANT SELECT, UPDATE ON {0} TO opsconsole_app;"""
    guards = (
        guard_table("bench_guarded"),
        guard_about("bench_guarded", "object_type = 'bench' AND object_id = wanted::text"),
    )
    return (
        table.format("bench_row")
        + table.format("bench_guarded")
        + "".join(str(guard.sql) for guard in guards)
    )


def _seal() -> list[Row]:
    from audit.actions import seal_all
    from audit.actions.sealing import BATCH

    sealed = []
    took = seconds(lambda: sealed.append(seal_all().count))
    per_event = took / sealed[0] * 1e6
    return [
        Row(
            f"sealing, one event (batches of {BATCH:,})",
            per_event,
            50.0,
            "us",
            f"{1e6 / per_event:,.0f} a second",
        )
    ]


def _proofs() -> list[Row]:
    from audit.seal import store
    from audit.seal.proofs import proof_of
    from audit.seal.verifying import verify

    size = store.recent_heads(1)[0].size
    places = random.Random(7).sample(range(1, size), 60)
    ids = [
        store.rows_of("SELECT event_id FROM audit_seal_leaf WHERE position = %s", [place])[0][0]
        for place in places
    ]
    cold = statistics.median(seconds(partial(proof_of, key)) for key in ids) * 1000
    took = seconds(verify)
    per_event = took / size * 1e6
    return [
        Row("inclusion proof of an event, cold", cold, 5.0, "ms"),
        Row(
            "audit verify, one event, from the rows",
            per_event,
            50.0,
            "us",
            f"{1e6 / per_event:,.0f} a second",
        ),
    ]


def _offline() -> list[Row]:
    from audit.seal import store
    from audit.seal.keys import signers
    from audit.seal.proofs import sealed_lines

    with tempfile.TemporaryDirectory() as place:
        leaves, head = Path(place) / "leaves", Path(place) / "head"
        with leaves.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in sealed_lines())
        head.write_text(store.recent_heads(1)[0].note)
        key = str(signers()[0].verifier)
        command = [
            sys.executable,
            "docs/verify_log.py",
            "log",
            str(leaves),
            "--head",
            str(head),
            "--key",
            key,
        ]
        took = seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL))
    per_event = took / EVENTS * 1e6
    return [Row("offline verification, one event", per_event, 5.0, "us", f"{1e6 / per_event:,.0f} a second")]


def _pages() -> list[Row]:
    from uuid import UUID

    from audit.queries import Filters, explorer_page
    from audit.seal import store

    grant = UUID(
        store.rows_of("SELECT grant_id::text FROM audit_event WHERE grant_id IS NOT NULL LIMIT 1")[0][0]
    )
    asked = {
        "no filter": Filters(),
        "person": Filters(actor="Agent 7"),
        "tenant": Filters(tenant="Tenant 300"),
        "type": Filters(type="grant.ended"),
        "ticket": Filters(ticket="HD-777"),
        "grant": Filters(grant=grant),
        "refused": Filters(outcome="refused"),
        "words that are common": Filters(q="opened Billing"),
        "words that are rare": Filters(q="ticket HD-777"),
        "words that nobody wrote": Filters(q="zebra crossing"),
        "person and tenant and words": Filters(actor="Agent 7", tenant="Tenant 307", q="Billing"),
    }
    rows = [
        Row(f"explorer, first page: {name}", median_ms(partial(explorer_page, None, of)), 50.0, "ms")
        for name, of in asked.items()
    ]
    page = explorer_page(None, Filters())
    for _ in range(200):
        page = explorer_page(None, Filters(), page.next_cursor)
    deep = median_ms(lambda: explorer_page(None, Filters(), page.next_cursor))
    return [*rows, Row("explorer, page 201", deep, 50.0, "ms")]


def _size() -> list[Row]:
    from audit.seal import store

    heap, indexes = store.rows_of(
        """SELECT sum(pg_relation_size(inhrelid)), sum(pg_indexes_size(inhrelid)) FROM pg_inherits
           WHERE inhparent = 'audit_event'::regclass"""
    )[0]
    seal = store.rows_of(
        "SELECT pg_total_relation_size('audit_seal_leaf') + pg_total_relation_size('audit_seal_tile')"
    )[0][0]
    return [
        Row("bytes of an event, heap", float(heap) / EVENTS, 600.0, "B"),
        Row("bytes of an event, indexes", float(indexes) / EVENTS, 900.0, "B"),
        Row("bytes of an event, seal", float(seal) / EVENTS, 200.0, "B"),
    ]

"""Ten thousand windows that end in the same second, then a hundred thousand, with a real worker and a client that never stops asking."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.crowd import TABLES, Execute, fill, make_real, watch
from bench.engine import ROOT
from bench.rows import Row
from opsconsole.embedded.roles import Urls
from opsconsole.embedded.valkey import Valkey

BARS = {10_000: 10.0, 100_000: 100.0}  # seconds until every row is closed
MOVED_PER_SECOND = 2_000  # rows whose end is set, with room for a slow machine
SCOPE = "people.read"


@dataclass
class Client:
    """Asks for one person's authority without pause, and opens a page now and then."""

    stop: threading.Event = field(default_factory=threading.Event)
    allowed: list[datetime] = field(default_factory=list)
    asked: int = 0
    pages: list[float] = field(default_factory=list)

    def hammer(self, person: Any, tenant: Any) -> None:
        from django.db import connection

        from audit.context import surface
        from grants.backends import live_grant

        while not self.stop.is_set():
            with surface("command"):
                grant = live_grant(person, SCOPE, tenant)
            self.asked += 1
            if grant:
                self.allowed.append(grant.asked_at)
        connection.close()

    def browse(self) -> None:
        from django.db import connection

        from bench.visitor import signed_in

        visitor = signed_in("approver")
        while not self.stop.wait(0.5):
            began = time.perf_counter()
            assert visitor.get("/").status_code == 200
            self.pages.append(time.perf_counter() - began)
        connection.close()


def rows(execute: Execute, urls: Urls) -> list[Row]:
    """Seconds from the end to the last closed row, uses after the end, and the slowest page meanwhile."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place, _worker(Path(place), urls):
        return [row for count, bar in BARS.items() for row in _one(execute, count, bar)]


@contextmanager
def _worker(place: Path, urls: Urls) -> Iterator[None]:
    valkey = Valkey(place / "valkey", place)
    valkey.start()
    command = [
        "celery",
        "-A",
        "bench.worker",
        "worker",
        "-B",
        "-s",
        f"{place}/beat",
        "-l",
        "ERROR",
        "-c",
        "2",
    ]
    environment = {**os.environ, "REDIS_URL": valkey.url}
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        valkey.stop()


def _one(execute: Execute, count: int, bar: float) -> list[Row]:
    from accounts.models import Person
    from tenants.models import Tenant

    first = count * 10
    fill(execute, count, first=first, end="interval '1 hour'")
    lead = 10 + count / MOVED_PER_SECOND
    end = execute(f"SELECT clock_timestamp() + interval '{lead} seconds'").fetchone()[0]
    _all_end_at(execute, end, first, count)
    watch(execute)
    place = execute(
        f"SELECT tenant_id FROM grants_grantscope WHERE scope = '{SCOPE}' AND until = '{end}'"
    ).fetchone()[0]
    client = Client()
    person, tenant = Person.objects.get(username="agent"), Tenant.objects.get(pk=place)
    threads = [
        threading.Thread(target=client.hammer, args=(person, tenant)),
        threading.Thread(target=client.browse),
    ]
    for thread in threads:
        thread.start()
    took = _until_closed(execute, end, bar)
    client.stop.set()
    for thread in threads:
        thread.join()
    late = sum(at >= end for at in client.allowed)
    note = f"{client.asked:,} checks, {len(client.allowed):,} allowed, the last {max(client.allowed):%H:%M:%S.%f} before {end:%H:%M:%S.%f}"
    return [
        Row(f"{count:,} grants that end in one second: rows closed", took, bar, "s"),
        Row(f"{count:,} grants: uses after the end", late, 1, "uses", note),
        Row(
            f"{count:,} grants: slowest page meanwhile",
            max(client.pages),
            2,
            "s",
            f"{len(client.pages)} pages",
        ),
    ]


def _all_end_at(execute: Execute, end: datetime, first: int, count: int) -> None:
    for table in TABLES:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    window = f"starts_at = timestamptz '{end}' - interval '30 minutes'"
    execute(
        f"""UPDATE grants_grant SET {window}, counts_from = timestamptz '{end}' - interval '30 minutes', expires_at = '{end}'
            WHERE digest = 'crowd' AND ended_at IS NULL"""
    )
    execute(
        f"UPDATE grants_grantscope SET {window}, until = '{end}' WHERE scope LIKE 'crowd.%' AND until > '{end}'"
    )
    make_real(execute, first + count // 2 + len(str(count)), SCOPE)  # another tenant in each round


def _until_closed(execute: Execute, end: datetime, bar: float) -> float:
    """Seconds from the end until no row of it is open; given up after four times the bar."""
    open_rows = (
        f"SELECT count(*), extract(epoch FROM clock_timestamp() - '{end}')"
        f" FROM grants_grant WHERE ended_at IS NULL AND expires_at = '{end}'"
    )
    while True:
        left, since = execute(open_rows).fetchone()
        if (not left and since > 0) or since > 4 * bar:
            return float(since)
        time.sleep(0.1)

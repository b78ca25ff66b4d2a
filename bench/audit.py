"""The log at size: one event beside one change, sealing, proofs, offline verification, the explorer's pages, bytes.

200,000 events; `make bench ARGS="audit --events=10000000"` for ten million. It says first how much disk and time that takes.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import audit_log, audit_reading, audit_writers
from bench.audit_log import SEALED
from bench.engine import ROOT, as_owner, console_database
from bench.rows import Row
from bench.timing import seconds


def run() -> list[Row]:
    """Times of one run on an engine of its own, its disk writes waited for; the ratio is against the numbers the log was designed for."""
    audit_log.guard_disk()
    with console_database() as urls:
        os.environ["OPSCONSOLE_DEMO"] = "1"
        as_owner(urls, "-m", "demo.productdb")
        as_owner(urls, "manage.py", "bootstrap", "--without-history")
        came = audit_log.generate(urls)
        rows = [*_seal(), *_proofs(), *_offline(), *audit_reading.run()]
        rows += [*audit_log.size(), *came]
        audit_log.take_the_rest_as_sealed(urls)
        return [*rows, *audit_writers.run(urls)]


def _seal() -> list[Row]:
    from audit.actions import seal
    from audit.actions.sealing import BATCH

    counts: list[int] = []

    def seal_them() -> None:
        while sum(counts) < SEALED and (count := seal().count):
            counts.append(count)

    per_event = seconds(seal_them) / sum(counts) * 1e6
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
    per_event = took / SEALED * 1e6
    return [Row("offline verification, one event", per_event, 5.0, "us", f"{1e6 / per_event:,.0f} a second")]

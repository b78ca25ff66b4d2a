"""What one event costs whoever writes: beside one row change, with eight writers at once, beside a hash chain, beside the sealer."""

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Any

from bench.rows import Row
from bench.timing import seconds
from opsconsole.embedded.roles import Urls

WRITERS = 8
TURNS = 300  # of one writer alone
ROUND = float(os.environ.get("OPSCONSOLE_BENCH_SECONDS", "4"))  # of all writers at once
ROUNDS = 3
HELD = 0.005  # seconds of other work in a transaction
SEAL_PAUSE = 1.0  # seconds; the console's own is ten
CHAIN_LOCK = 424_242
TABLES = """
    CREATE TABLE {0} (id int PRIMARY KEY, words text); INSERT INTO {0} SELECT n, '' FROM generate_series(0, 8) n;
    GRANT SELECT, UPDATE ON {0} TO opsconsole_app;"""
CHAIN = """
    CREATE TABLE bench_chain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text, hash text);
    INSERT INTO bench_chain (said, hash) VALUES ('', '');
    GRANT SELECT, INSERT ON bench_chain TO opsconsole_app;"""
Act = Callable[[int], None]


def run(urls: Urls) -> list[Row]:
    """All of it on the tables of one database."""
    import psycopg

    from audit.sql import guard_about, guard_table

    guards = (
        guard_table("bench_guarded"),
        guard_about("bench_guarded", "object_type = 'bench' AND object_id = wanted::text"),
    )
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        sql = TABLES.format("bench_row") + TABLES.format("bench_guarded") + CHAIN
        owner.execute((sql + "".join(str(guard.sql) for guard in guards)).encode())
    return [*_alone(), *_together(), *_held(), *_beside_the_sealer()]


def change(kind: str, writer: int) -> None:
    """Change one row of a writer's own in a transaction, with its event unless the kind is plain."""
    from django.db import connection, transaction

    table = "bench_guarded" if kind == "guarded" else "bench_row"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT words FROM {table} WHERE id = %s FOR UPDATE", [writer])
        cursor.execute(f"UPDATE {table} SET words = %s WHERE id = %s", [str(time.time()), writer])
        if kind != "plain":
            note(writer)


def note(writer: int) -> None:
    """Write one event."""
    from audit.actions import record
    from audit.refs import Actor, Ref, Trail

    record(
        "log.searched",
        actor=Actor("person", "a", "Agent"),
        obj=Ref("bench", str(writer), "row"),
        trail=Trail(ticket="HD-1"),
        filters=["q"],
    )


def hold(writer: int) -> None:
    """Write one event, and do five milliseconds of other work in the same transaction."""
    from django.db import transaction

    with transaction.atomic():
        note(writer)
        time.sleep(HELD)


def chain(writer: int) -> None:
    """The same under a lock for all: each entry holds the hash of the one before, as logs that are chained do."""
    from django.db import connection, transaction

    said = f"Agent {writer} searched the log"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        cursor.execute("SELECT hash FROM bench_chain ORDER BY id DESC LIMIT 1")
        before = cursor.fetchone()[0]
        linked = sha256(f"{before}{said}".encode()).hexdigest()
        cursor.execute("INSERT INTO bench_chain (said, hash) VALUES (%s, %s)", [said, linked])
        time.sleep(HELD)


def rate(act: Act, writers: int = WRITERS, length: float = ROUND) -> float:
    """Return how many times a second some processes do something, each as fast as it can."""
    from django.db import connections

    connections.close_all()
    here = multiprocessing.get_context("fork")
    ready, counts = here.Barrier(writers + 1), here.SimpleQueue()
    crowd = [
        here.Process(target=_work, args=(act, number, length, ready, counts)) for number in range(writers)
    ]
    for one in crowd:
        one.start()
    ready.wait(60)
    for one in crowd:
        one.join()
    done: list[int] = [counts.get() for _ in crowd]
    if -1 in done:
        raise RuntimeError("a writer failed")
    return sum(done) / length


def _work(act: Act, number: int, length: float, ready: Any, counts: Any) -> None:
    done = -1
    try:
        with on_disk():
            for _ in range(5):
                act(number)
            ready.wait(60)
            done, end = 0, time.perf_counter() + length
            while time.perf_counter() < end:
                act(number)
                done += 1
    finally:
        counts.put(done)


@contextmanager
def on_disk() -> Iterator[None]:
    """One unit of work of a person at the console, whose commits wait for the disk."""
    from django.db import connection

    from audit.context import surface

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
    with surface("web"):
        yield


def _alone() -> list[Row]:
    times: dict[str, list[float]] = {"plain": [], "event": [], "guarded": []}
    with on_disk():
        for _ in range(TURNS):
            for kind, taken in times.items():
                taken.append(seconds(partial(change, kind, 8)))
    plain, event, guarded = (statistics.median(taken) for taken in times.values())
    words = f"{guarded * 1000:.2f} ms"
    return [
        Row("one event beside one row change, 1 writer, times a plain save", event / plain, 1.4, "x"),
        Row("the same where the table asks for an event about the row", guarded / event, 1.1, "x", words),
    ]


def _by_turns(first: Act, second: Act) -> tuple[float, float]:
    """Return the middle rates of two acts, measured by turns, so that a machine that slows down slows both."""
    rates = [(rate(first), rate(second)) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in rates), statistics.median(two for _, two in rates)


def _together() -> list[Row]:
    plain, event = _by_turns(partial(change, "plain"), partial(change, "event"))
    words = f"{event:,.0f} a second, {plain:,.0f} without"
    return [
        Row(f"the same with {WRITERS} writers at once, times a plain save", plain / event, 1.7, "x", words)
    ]


def _held() -> list[Row]:
    ours, chained = _by_turns(hold, chain)
    words = f"{ours:,.0f} a second, {chained:,.0f} on a chain: {ours / chained:.1f} times"
    what = f"{WRITERS} writers that hold 5 ms, time of an event; a fifth of a hash chain's"
    return [Row(what, 1000 / ours, 1000 / chained / 5, "ms", words)]


def _beside_the_sealer() -> list[Row]:
    from audit.actions import seal_all

    seal_all()
    writing = partial(change, "event")
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(rate(writing))
        with _sealer():
            beside.append(rate(writing))
    slower = 1 - statistics.median(beside) / statistics.median(alone)
    words = f"{statistics.median(beside):,.0f} events a second beside it"
    return [Row(f"{WRITERS} writers beside the sealer, slower by", max(slower, 0) * 100, 10.0, "%", words)]


@contextmanager
def _sealer() -> Iterator[None]:
    """A sealer in a process of its own, at work every second."""
    from django.db import connections

    connections.close_all()
    here = multiprocessing.get_context("fork")
    over = here.Event()
    sealer = here.Process(target=_seal_on, args=(over,))
    sealer.start()
    try:
        yield
    finally:
        over.set()
        sealer.join()


def _seal_on(over: Any) -> None:
    from audit.actions import seal_all

    while not over.wait(SEAL_PAUSE):
        seal_all()

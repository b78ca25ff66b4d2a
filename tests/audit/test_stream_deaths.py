"""Streams of the log while workers and processes die: everything arrives, and no line is cut."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from audit.actions import seal_all
from audit.seal import store
from audit.streams import sinks
from audit.streams.actions import send_stream, send_streams
from tests import engines
from tests.audit.streaming import due_now, held, row, sealed
from tests.audit.writing import write
from tests.conftest import ROOT
from tests.killing import Killed, killing
from tests.processes import wait_until


def test_a_worker_killed_between_any_two_statements_loses_nothing(committed, watcher, file):
    killed = 0
    while True:
        write(f"before kill {killed}")
        seal_all()
        due_now()
        try:
            with connection.execute_wrapper(killing(killed)):
                send_streams()
        except Killed:
            killed += 1
            connection.close()
            continue
        break
    assert killed > 12
    assert held(file) == sealed(), "a file tells where it stands, so there is no repetition"
    assert sorted(set(watcher.places)) == sealed()
    assert len(watcher.places) > len(sealed()), "some came twice"
    furthest = -1
    for post in watcher.posts:
        assert post.places[0][1] <= furthest + 1, "never past a gap"
        furthest = max(furthest, post.places[-1][1])


def worker(database, **environment):
    """Start one pass of the streams in a process of its own."""
    env = {**os.environ, **engines.environment(database), **environment}
    env.pop("OWNER_DATABASE_URL")
    return subprocess.Popen(
        [sys.executable, "manage.py", "audit", "stream"],
        cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_process_killed_before_the_answer_sends_the_same_again(committed, watcher):
    seal_all()
    watcher.mood = "hang"
    process = worker(committed)
    assert watcher.arrived.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    watcher.mood = "ok"
    watcher.awake.set()
    assert row().position == 0
    assert send_stream("siem") == 0, "a claim holds until it lapses"
    due_now()
    assert send_stream("siem") == len(sealed())
    assert [post.key for post in watcher.posts] == [f"siem:1:0-{len(sealed()) - 1}"] * 2
    assert watcher.posts[0].body == watcher.posts[1].body


def test_a_worker_whose_claim_lapsed_marks_nothing_over_the_one_that_took_over(
    committed, watcher, monkeypatch
):
    monkeypatch.setattr(sinks, "ANSWER_SECONDS", 20)
    monkeypatch.setattr(sinks, "CALL_SECONDS", 20)
    seal_all()
    watcher.mood = "hang"

    def late():
        try:
            return send_stream("siem")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(late)
        assert watcher.arrived.wait(20)
        watcher.mood = "ok"
        due_now()
        write("meanwhile")
        seal_all()
        assert send_stream("siem") == len(sealed())
        watcher.mood = "500"
        watcher.awake.set()
        assert slow.result(20) == 0
    assert (row().position, row().failures, row().busy_until) == (len(sealed()), 0, None)
    assert sorted(set(watcher.places)) == sealed()


def test_a_process_killed_between_writing_and_marking_leaves_whole_lines_and_no_gap(
    committed, file, as_owner, monkeypatch
):
    monkeypatch.delenv("STREAM_SIEM_URL", raising=False)
    seal_all()
    as_owner(
        """CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
           'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END';
           CREATE TRIGGER wait_here BEFORE UPDATE ON audit_streamposition FOR EACH ROW
           WHEN (NEW.position > OLD.position) EXECUTE FUNCTION wait_here()"""
    )
    store.rows_of("SELECT pg_advisory_lock(4711)::text")
    process = worker(committed)
    waiting = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    wait_until(lambda: store.rows_of(waiting))
    process.send_signal(signal.SIGKILL)
    process.wait()
    engines.postgres.psql(f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS dead", committed)
    as_owner("DROP TRIGGER wait_here ON audit_streamposition")
    assert held(file) == sealed(), "all is written"
    assert row("file").position == 0, "and nothing is marked"
    with file.open("ab") as half:
        half.write(b'{"position":999,"log":1,"le')
    write("after the kill")
    seal_all()
    due_now()
    assert send_streams() == 1
    assert held(file) == sealed()
    assert row("file").position == len(sealed())

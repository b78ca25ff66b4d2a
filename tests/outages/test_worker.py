"""The worker only writes history: access ends on time without it, and what it missed is written when it is back."""

import subprocess
import sys
from datetime import timedelta

import httpx
import pytest
import redis

from tests.clock import end_in
from tests.outages.conftest import DATABASE, Granted, Rows
from tests.outages.person import PANEL, Person
from tests.processes import ROOT, Console, wait_until

BACK_WITHIN = timedelta(seconds=2)


@pytest.fixture
def worker_after(console: Console):
    """Leave a worker behind, whatever the test did to it."""
    yield
    if "worker" in console.processes:
        console.kill("worker")
    console.start_worker()


def metric(url: str, name: str) -> float:
    text = httpx.get(f"{url}/metrics", timeout=60).text
    return next(
        float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"opsconsole_{name} ")
    )


def test_a_worker_killed_before_the_end_is_an_alert_and_never_a_hole(
    console: Console, granted: Granted, rows: Rows, worker_after: None
) -> None:
    console.worker_ready()
    grant = granted(console.url)
    agent = Person(console.url, "agent")
    assert agent.get(PANEL).status_code == 200
    console.kill("worker")
    end_in(DATABASE, grant["id"], 1)
    over = "SELECT clock_timestamp() >= expires_at AS over, ended_at FROM grants_grant WHERE id = %s"
    wait_until(lambda: rows(over, grant["id"])[0]["over"])
    answer = agent.get(PANEL)
    assert answer.status_code == 403
    assert "imports.read" in answer.text
    assert rows(over, grant["id"])[0]["ended_at"] is None, "nobody has written the end yet"
    wait_until(lambda: metric(console.url, "grants_unclosed_seconds") > 0)

    console.start_worker()
    ready = console.worker_ready()
    ended = "SELECT at FROM audit_event WHERE type = 'grant.ended' AND grant_id = %s"
    wait_until(lambda: rows(ended, grant["id"]))
    assert rows(ended, grant["id"])[0]["at"] - ready <= BACK_WITHIN
    assert metric(console.url, "grants_unclosed_seconds") == 0
    assert metric(console.url, "grants_closed_late_seconds_p99") > 0
    assert metric(console.url, "grants_used_after_end") == 0


def test_a_message_delivered_twice_changes_nothing(
    console: Console, granted: Granted, rows: Rows, worker_after: None
) -> None:
    """At least once is what a queue promises, so the second time must find nothing to do."""
    console.kill("worker")
    grant = granted(console.url)
    end_in(DATABASE, grant["id"], -1)
    queue = redis.Redis.from_url(console.environment()["REDIS_URL"])
    # What the killed worker had in its hands would stay unacknowledged for an hour.
    queue.delete("celery", "unacked", "unacked_index")
    send = (
        "import django; django.setup(); from opsconsole.celery import app\n"
        "for name in ('close_what_is_over', 'deliver') * 2: app.send_task(f'grants.tasks.{name}', task_id=name)"
    )
    subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=console.environment(), check=True)
    assert queue.llen("celery") == 4
    console.start_worker(beat=False)
    wait_until(lambda: not queue.llen("celery") and not queue.hlen("unacked"))
    assert (
        len(rows("SELECT 1 FROM audit_event WHERE type = 'grant.ended' AND grant_id = %s", grant["id"])) == 1
    )
    told = "SELECT id, attempts, delivered_at FROM grants_outbox WHERE grant_id = %s AND kind = 'ended'"
    assert [row["attempts"] for row in rows(told, grant["id"])] == [0]
    assert rows(told, grant["id"])[0]["delivered_at"]
    notices = "SELECT count(*) AS n FROM grants_notice WHERE outbox_id = %s GROUP BY person_id"
    assert [row["n"] for row in rows(notices, rows(told, grant["id"])[0]["id"])] == [1]

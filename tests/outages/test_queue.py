"""Valkey down: people go on deciding, access goes on ending, and what was to be told is told when it is back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from opsconsole.embedded.engine import short_socket_dir
from opsconsole.embedded.valkey import Valkey
from tests.clock import end_in
from tests.outages.conftest import DATABASE, Granted, Rows
from tests.outages.person import PANEL, Person
from tests.processes import Console, running, wait_until


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of this test's own, to stop."""
    sockets = short_socket_dir()
    engine = Valkey(tmp_path / "valkey", sockets)
    engine.start()
    yield engine
    engine.stop()
    shutil.rmtree(sockets)


def test_without_valkey_everything_but_telling_goes_on(
    console: Console, valkey: Valkey, granted: Granted, rows: Rows
) -> None:
    console.kill("worker")  # so that only the worker of the stopped Valkey could tell anybody
    try:
        with running(DATABASE, queue=0, log=console.log, REDIS_URL=valkey.url) as alone:
            alone.worker_ready()
            valkey.stop()
            grant = granted(alone.url)
            agent = Person(alone.url, "agent")
            assert agent.get(PANEL).status_code == 200
            ready = httpx.get(f"{alone.url}/readyz", timeout=60)
            assert (ready.status_code, ready.json()["parts"]["redis"]) == (200, "failing")
            end_in(DATABASE, grant["id"], -1)
            assert agent.get(PANEL).status_code == 403
            told = "SELECT kind FROM grants_outbox WHERE request_id = %s AND delivered_at IS NOT NULL ORDER BY made_at"
            assert rows(told, grant["request_id"]) == []
            valkey.start()
            wait_until(lambda: len(rows(told, grant["request_id"])) == 3, seconds=120)
            assert [row["kind"] for row in rows(told, grant["request_id"])] == ["asked", "approved", "ended"]
            notices = "SELECT sentence FROM grants_notice n JOIN grants_outbox o ON o.id = n.outbox_id WHERE o.grant_id = %s"
            said = sorted(row["sentence"].split(" (")[0] for row in rows(notices, grant["id"]))
            assert said == [
                "Access to Brightwater Fittings was approved",
                "Your access to Brightwater Fittings has ended",
            ]
    finally:
        console.start_worker()

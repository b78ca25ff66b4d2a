"""`make demo` as a whole: it starts, keeps its data, and leaves nothing behind, however it ends."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.supervisor.conftest import StartDemo
from tests.supervisor.processes import ROOT, Demo, descendants, is_running, wait_for


def urls_of(demo: Demo) -> dict[str, str]:
    lines = (demo.directory / "urls.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def is_another(demo: Demo, words: str, before: int) -> bool:
    """True once a process of these words runs that is not the one before."""
    with contextlib.suppress(StopIteration, AssertionError, LookupError, ValueError):
        return demo.pid_of(words) != before
    return False


def nothing_is_left(pids: set[int]) -> bool:
    return wait_for(lambda: not any(map(is_running, pids)), 20)


def test_it_starts_answers_replaces_a_dead_worker_and_stops_without_a_trace(
    start_demo: StartDemo, demo_dir: Path
) -> None:
    demo = start_demo(demo_dir).wait_until_ready()
    urls = urls_of(demo)
    assert stat.S_IMODE((demo_dir / "urls.env").stat().st_mode) == 0o600
    assert urls["OPSCONSOLE_PUBLIC_URL"] == f"http://127.0.0.1:{demo.port}"
    with psycopg.connect(urls["PRODUCT_DATABASE_URL"]) as reader:
        assert reader.execute("show transaction_read_only").fetchone() == ("on",)

    manage = {name: value for name, value in demo.environment.items() if name != "DATABASE_URL"}
    check = [sys.executable, "manage.py", "migrate", "--check"]
    assert subprocess.run(check, cwd=ROOT, env=manage, check=False).returncode == 0

    second = start_demo(demo_dir)
    assert second.process.wait(30) == 1
    assert f"A demo runs in {demo_dir} already" in second.said()

    before = demo.pid_of("celery --quiet -A opsconsole worker")
    os.kill(before, signal.SIGKILL)
    assert wait_for(lambda: "worker was killed by SIGKILL. It is started again." in demo.said(), 20)
    assert wait_for(lambda: is_another(demo, "celery --quiet -A opsconsole worker", before), 20)
    assert demo.process.poll() is None

    pids = descendants(demo.process.pid)
    assert len(pids) > 8
    sockets = (demo_dir / "sockets").readlink()
    assert demo.end(signal.SIGTERM) == 0
    assert not any(map(is_running, pids))
    assert not (demo_dir / "urls.env").exists()
    assert not sockets.exists()
    assert subprocess.run(check, cwd=ROOT, env=manage, check=False).returncode != 0


def test_a_part_that_dies_is_named_and_the_rest_stops(start_demo: StartDemo, demo_dir: Path) -> None:
    demo = start_demo(demo_dir).wait_until_ready()
    pids = descendants(demo.process.pid)
    os.kill(demo.pid_of("gunicorn opsconsole.wsgi"), signal.SIGKILL)
    assert demo.process.wait(30) == 1
    assert "The demo stops: web was killed by SIGKILL." in demo.said()
    assert nothing_is_left(pids)


def test_nothing_outlives_a_supervisor_that_is_killed(start_demo: StartDemo, demo_dir: Path) -> None:
    demo = start_demo(demo_dir).wait_until_ready()
    pids = descendants(demo.process.pid)
    demo.end(signal.SIGKILL)
    assert nothing_is_left(pids)


def test_nothing_outlives_a_make_that_is_killed(start_demo: StartDemo, demo_dir: Path) -> None:
    demo = start_demo(demo_dir, command=("make", "demo")).wait_until_ready()
    pids = descendants(demo.process.pid)
    demo.end(signal.SIGKILL)
    assert nothing_is_left(pids)
    assert not (demo_dir / "urls.env").exists()

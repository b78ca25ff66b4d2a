"""The console as real processes on a database of their own, for tests that need what a person or an outage would meet."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from opsconsole.embedded.engine import ends_with_parent
from tests import engines

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(holds: Callable[[], object], seconds: float = 60, every: float = 0.05) -> float:
    """Wait until `holds()` is true and return how long it took; fail after `seconds`."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        with suppress(OSError):
            if holds():
                return time.monotonic() - start
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s")


@dataclass
class Console:
    """Processes on one database. `queue` is the number of the Valkey database, so that two consoles never share work.

    What they print goes to the test's own output, or to the file `log`.
    """

    database: str
    queue: int = 1
    extra: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sign = Path(engines.scratch, f"worker-{self.port}")

    def environment(self) -> dict[str, str]:
        """Return what each process runs with: the app's role, never the owner's."""
        env = {
            **os.environ,
            **engines.environment(self.database),
            "OPSCONSOLE_PUBLIC_URL": self.url,
            "WORKER_SIGN": str(self.sign),
            **self.extra,
        }
        env.pop("OWNER_DATABASE_URL", None)
        env["REDIS_URL"] = env["REDIS_URL"].replace("?db=0", f"?db={self.queue}")
        return env

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start one process in a group of its own."""
        with ExitStack() as files:
            output = files.enter_context(self.log.open("ab")) if self.log else None
            self.processes[name] = subprocess.Popen(
                [*ends_with_parent(signal.SIGTERM), sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment(),
                start_new_session=True,
                stdout=output,
                stderr=output,
            )
        return self.processes[name]

    def start_web(self) -> None:
        """Start gunicorn and wait for its first answer."""
        bind = f"127.0.0.1:{self.port}"
        self.start(
            "web", "gunicorn", "opsconsole.wsgi", "--bind", bind, "--threads", "8", "--worker-class", "gthread",
            "--log-level", "error",
        )  # fmt: skip
        wait_until(lambda: urllib.request.urlopen(f"{self.url}/healthz", timeout=20).status == 200)  # noqa: S310

    def start_worker(self, *, beat: bool = True) -> None:
        """Start a Celery worker, with its own beat inside where wanted."""
        self.sign.unlink(missing_ok=True)
        schedule = ("-B", "-s", f"{engines.scratch}/beat-{self.port}") if beat else ()
        self.start(
            "worker", "celery", "-A", "opsconsole", "worker", *schedule, "-l", "ERROR", "-c", "1", "-P", "threads",
            "--without-gossip", "--without-mingle", "--without-heartbeat", "-I", "demo.worker_sign",
        )  # fmt: skip

    def worker_ready(self) -> datetime:
        """Wait until the worker takes work and return since when."""
        wait_until(self.sign.exists, seconds=90)
        return datetime.fromtimestamp(self.sign.stat().st_mtime, UTC)

    def kill(self, name: str) -> None:
        """End a process and all it started as `kill -9` would: no goodbye."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End every process."""
        for name in list(self.processes):
            self.kill(name)


@contextmanager
def running(
    database: str, *, worker: bool = True, queue: int = 1, log: Path | None = None, **extra: str
) -> Iterator[Console]:
    """Run a console on one database for the length of a block; `extra` are settings of its own."""
    console = Console(database, queue, extra, log)
    try:
        console.start_web()
        if worker:
            console.start_worker()
        yield console
    finally:
        console.stop()

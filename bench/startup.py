"""From a bare clone with an empty HOME to the first page, and the second start."""

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent
FIRST_SECONDS, SECOND_SECONDS = 60.0, 12.0
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def run() -> list[Row]:
    """Seconds from `make demo` to a page that answers, twice, and from SIGTERM to the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        clone, home = Path(place) / "clone", Path(place) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        environment = _environment(home)
        first, _ = _start_and_stop(clone, environment)
        second, stop = _start_and_stop(clone, environment)
    return [
        Row("bare clone, empty HOME, to the first page", first, FIRST_SECONDS, "s"),
        Row("second start to the first page", second, SECOND_SECONDS, "s"),
        Row("SIGTERM to the last process gone", stop, 10.0, "s"),
    ]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("PIP_")}
    return {**kept, "HOME": str(home), "PORT": str(_free_port()), "PRODUCT_PORT": str(_free_port())}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start_and_stop(clone: Path, environment: dict[str, str]) -> tuple[float, float]:
    started = time.monotonic()
    demo = subprocess.Popen(
        ["make", "demo"],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_for_ready(demo, int(environment["PORT"]))
        ready = time.monotonic() - started
    finally:
        asked = time.monotonic()
        os.killpg(demo.pid, signal.SIGTERM)
        demo.communicate(timeout=60)
    return ready, time.monotonic() - asked


def _wait_for_ready(demo: "subprocess.Popen[str]", port: int) -> None:
    said = []
    assert demo.stdout is not None
    for line in demo.stdout:
        said.append(line)
        print(f"  {line}", end="", flush=True)
        if line.startswith("ready "):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/sign-in/")
            assert connection.getresponse().status == 200
            return
    raise RuntimeError("the demo did not start: " + "".join(said[-5:]))

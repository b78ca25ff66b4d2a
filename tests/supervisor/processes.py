"""Starts the real demo as a person would, and looks at the processes it leaves."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
DIRECTLY = (sys.executable, "-m", "demo")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """True as soon as the condition holds; False after the seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def status_of(pid: int) -> dict[str, str]:
    """/proc's words about a process; empty when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return dict(re.split(r":\s*", line, maxsplit=1) for line in lines if ":" in line)


def is_running(pid: int) -> bool:
    """False for one that is gone or only waits to be taken away."""
    return status_of(pid).get("State", "Z")[0] not in "ZX"


def descendants(pid: int) -> set[int]:
    """The pids of all that a process started, directly or not."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (status := status_of(int(entry.name))):
            parents.setdefault(int(status["PPid"]), []).append(int(entry.name))
    found: set[int] = set()
    todo = [pid]
    while todo:
        for child in parents.get(todo.pop(), []):
            found.add(child)
            todo.append(child)
    return found


class Demo:
    """A running `python -m demo`, in a directory and on ports of its own."""

    def __init__(self, directory: Path, *, command: tuple[str, ...] = DIRECTLY, **environment: str) -> None:
        self.directory = directory
        self.port = environment.get("PORT") or str(free_port())
        self.output = directory.parent / f"{directory.name}.out"
        outside = (
            "DATABASE_URL",
            "OWNER_DATABASE_URL",
            "REDIS_URL",
            "PRODUCT_DATABASE_URL",
            "OPSCONSOLE_POLICY",
        )
        self.environment = {name: value for name, value in os.environ.items() if name not in outside}
        self.environment["DJANGO_SETTINGS_MODULE"] = "opsconsole.settings"
        self.environment |= {"DEMO_DIR": str(directory), "PRODUCT_PORT": str(free_port()), **environment}
        self.environment["PORT"] = self.port
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def said(self) -> str:
        """All it printed so far."""
        return self.output.read_text()

    def wait_until_ready(self) -> "Demo":
        """Itself, when the first page answers."""
        line = f"ready http://127.0.0.1:{self.port}\n"
        wait_for(lambda: line in self.said() or self.process.poll() is not None, START_SECONDS)
        assert line in self.said(), self.said()[-4000:]
        return self

    def pid_of(self, words: str) -> int:
        """The eldest descendant with these words in its command line."""
        for pid in sorted(descendants(self.process.pid)):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words in command:
                return pid
        raise AssertionError(f"nothing runs {words}")

    def end(self, how: signal.Signals) -> int:
        """The exit status after this signal."""
        self.process.send_signal(how)
        return self.process.wait(30)

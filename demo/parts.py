"""Processes of the demo: how each is started, watched and stopped."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from demo.console import Log
from opsconsole.embedded.engine import ends_with_parent

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 10.0


class DemoError(Exception):
    """One plain sentence for the person at the terminal, and the lines that explain it."""

    def __init__(self, sentence: str, lines: Iterable[str] = ()) -> None:
        super().__init__(sentence)
        self.lines = list(lines)


class Part:
    """One process in a session of its own, whose output goes to `log`; the kernel ends it with the supervisor."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Log) -> None:
        self.name = log.name
        self.log = log
        self.command = command
        self.environment = environment
        with log.pipe() as output:
            self.process = subprocess.Popen(
                [*ends_with_parent(signal.SIGTERM), *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ask_to_stop(self) -> None:
        """Sends SIGTERM, if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()

    def see_it_stopped(self) -> None:
        """Waits until the process and all it started are gone, and kills what is not."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Returns when `ready()` says so. Raises DemoError when the part stops or takes too long."""
        end = time.monotonic() + READY_SECONDS
        while not ready():
            if self.process.poll() is not None:
                raise self.death()
            if time.monotonic() > end:
                raise DemoError(
                    f"{self.name} was not ready after {READY_SECONDS:.0f} seconds.", self.log.last_lines()
                )
            time.sleep(0.05)

    def finish(self) -> None:
        """Waits for a part that has an end. Raises DemoError when it failed."""
        if first_to_end([self.process]).wait():
            raise self.death()

    def death(self) -> DemoError:
        """What to say about a part that stopped by itself."""
        return DemoError(f"{self.name} {how_it_ended(self.process)}.", self.log.last_lines())


def how_it_ended(process: "subprocess.Popen[bytes]") -> str:
    """The end of a process in words, such as `was killed by SIGKILL`."""
    status = process.wait()
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"stopped with exit status {status}"


def first_to_end(processes: Iterable["subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
    """Sleeps until one of the processes ends, and returns it; a signal's handler may raise out of it."""
    processes = list(processes)
    for process in processes:
        if process.poll() is not None:
            return process
    watched = {os.pidfd_open(process.pid): process for process in processes}
    with _woken_by_signals() as woken:
        try:
            ended: list[int] = []
            while not ended:
                ended = [each for each in select.select([woken, *watched], [], [])[0] if each != woken]
                _empty(woken)
            return watched[ended[0]]
        finally:
            for descriptor in watched:
                os.close(descriptor)


@contextlib.contextmanager
def _woken_by_signals() -> Iterator[int]:
    """A descriptor that can be read after a signal: one that comes just before the sleep must not be slept over."""
    read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    before = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    try:
        yield read_end
    finally:
        signal.set_wakeup_fd(before)
        os.close(read_end)
        os.close(write_end)


def _empty(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        os.read(descriptor, 4096)

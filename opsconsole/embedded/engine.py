"""A child process that answers on a Unix socket, and ends when its parent does."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO

from opsconsole.embedded.errors import EngineError
from opsconsole.embedded.user import EngineUser

START_SECONDS = 60.0
STOP_SECONDS = 20.0

Output = int | IO[bytes]


def short_socket_dir() -> Path:
    """A new 0700 directory with a path short enough for a Unix socket (Linux allows 107 bytes)."""
    return Path(tempfile.mkdtemp(prefix="opsconsole-", dir="/tmp"))


def ends_with_parent(stop_signal: signal.Signals) -> list[str]:
    """The start of a command whose process gets `stop_signal` from the kernel when its parent is gone."""
    if shutil.which("setpriv") is None:
        return []
    return ["setpriv", "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]


class Engine:
    """A child process with a socket. `process` is None while it is not running."""

    name = "engine"
    stop_signal = signal.SIGTERM

    def __init__(self, data_dir: Path, socket_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.socket_dir = socket_dir
        self.process: subprocess.Popen[bytes] | None = None

    def ready(self) -> bool:
        raise NotImplementedError

    def _spawn(self, command: list[str], user: EngineUser, output: Output | None) -> None:
        if output is not None:
            self._spawn_into(output, command, user, "")
            return
        log = self.data_dir.parent / f"{self.name.lower()}.log"
        with log.open("ab") as own_log:
            self._spawn_into(own_log, command, user, f"Its log is {log}.")

    def _spawn_into(self, output: Output, command: list[str], user: EngineUser, where: str) -> None:
        self.process = subprocess.Popen(
            [*ends_with_parent(self.stop_signal), *user.command(command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **user.identity(),
        )
        self._wait(where)

    def _wait(self, where: str) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.ready():
            if self.process is None or self.process.poll() is not None:
                raise EngineError(f"{self.name} stopped while it was starting. {where}".rstrip())
            if time.monotonic() > end:
                self.stop()
                raise EngineError(
                    f"{self.name} was not ready after {START_SECONDS:.0f} seconds. {where}".rstrip()
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Stops the engine and waits for it; does nothing when it is not running."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

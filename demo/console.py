"""What the supervisor prints: never held up by a reader that has stopped reading."""

import contextlib
import os
import queue
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

TAIL_LINES = 15


class Console:
    """Prints lines from a thread of its own. When nobody takes them, later ones are dropped, not waited for."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue(maxsize=2000)
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def say(self, line: str) -> None:
        """Prints one line."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(line)

    def close(self) -> None:
        """Prints what is left, for two seconds at most."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._writer.join(2)

    def _write(self) -> None:
        # Past Python's own buffer: a thread that waits in it for a reader would abort the interpreter at its end.
        heard = True
        while (line := self._lines.get()) is not None:
            if heard:
                heard = _print_whole(f"{line}\n".encode())


def _print_whole(text: bytes) -> bool:
    """Write to standard output; False when nobody reads any more."""
    try:
        while text:
            text = text[os.write(1, text) :]
    except OSError:
        return False
    return True


class Log:
    """Takes a part's output: each line goes to a file and, with the part's name before it, to the console.

    A `quiet` log goes to its file only; its last lines are shown when the part fails.
    """

    def __init__(self, name: str, folder: Path, console: Console, *, quiet: bool = False) -> None:
        self.name = name
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._console = console
        self._quiet = quiet
        self._file = (folder / f"{name}.log").open("w", encoding="utf-8", buffering=1)
        self._reader: threading.Thread | None = None

    @contextlib.contextmanager
    def pipe(self) -> Iterator[int]:
        """Gives the descriptor a process is to write to; it is read to its end in a thread of its own."""
        read_end, write_end = os.pipe()
        self._reader = threading.Thread(target=self._read, args=(read_end,), daemon=True)
        self._reader.start()
        try:
            yield write_end
        finally:
            os.close(write_end)

    def last_lines(self) -> list[str]:
        """The last lines, after all that was in the pipe has been read."""
        if self._reader is not None:
            self._reader.join(1)
        return list(self.tail)

    def _read(self, read_end: int) -> None:
        with open(read_end, encoding="utf-8", errors="replace") as pipe:
            for line in pipe:
                text = line.rstrip()
                self.tail.append(text)
                self._file.write(text + "\n")
                if not self._quiet:
                    self._console.say(f"{self.name:<9}| {text}")
        self._file.close()

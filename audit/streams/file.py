"""A file of JSON Lines that only whole lines are added to, whatever happens in between."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MODE = 0o640  # the group may read: a log shipper runs as somebody else
BLOCK = 65_536  # bytes read at once from the end
LONGEST_LINE = (
    1_000_000  # bytes; a sealed event has at most 65,535, and none of its characters takes more than six here
)
BEGIN = b'{"position":'
FOREIGN = "its last line is none of a stream of the log"


class Lines:
    """An open and locked file that ends with a whole line."""

    def __init__(self, descriptor: int) -> None:
        self._to = descriptor
        self._size = os.fstat(descriptor).st_size
        line, end, rest = self._end()
        self.last: dict[str, Any] | None = _read(line) if line else None
        if not rest.startswith(BEGIN[: len(rest)]):
            raise ValueError(FOREIGN)
        if rest:
            self._cut(end)  # what a writer that died left of a line

    def add(self, lines: bytes) -> None:
        """Write whole lines and return once they are on the disk; where that fails nothing of them stays. Raises `OSError`."""
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[os.write(self._to, rest) :]
            os.fsync(self._to)
        except OSError:
            with suppress(OSError):  # the next one to open it cuts what is left of a line
                self._cut(self._size)
            raise
        self._size += len(lines)

    def _cut(self, size: int) -> None:
        os.ftruncate(self._to, size)
        self._size = size

    def _end(self) -> tuple[bytes, int, bytes]:
        """Return the last whole line without its end, where it ends, and what stands behind it."""
        start, tail = self._size, b""
        while start and tail.count(b"\n") < 2:
            if len(tail) > 2 * LONGEST_LINE:
                raise ValueError(FOREIGN)
            length = min(BLOCK, start)
            start -= length
            tail = os.pread(self._to, length, start) + tail
        whole = tail[: tail.rfind(b"\n") + 1]
        return whole[:-1].rpartition(b"\n")[2], start + len(whole), tail[len(whole) :]


def _read(line: bytes) -> dict[str, Any]:
    """Return a line of a stream. Raises `ValueError` where somebody else wrote it."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    kinds = {"log": int, "position": int, "leaf": str}
    if not isinstance(found, dict) or any(type(found.get(key)) is not kind for key, kind in kinds.items()):
        raise ValueError(FOREIGN)
    return found


@contextmanager
def opened(path: str) -> Iterator[Lines]:
    """Open a file by its name, made where it is missing, for one writer at a time. Raises `OSError`, `ValueError`."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lines = Lines(descriptor)
        if lines.last is None:
            _keep_name(Path(path).parent)
        yield lines
    finally:
        os.close(descriptor)


def _keep_name(folder: Path) -> None:
    """Let a new file be in its folder after a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

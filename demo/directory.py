"""The demo's directory: one demo at a time, and the file that tells where its databases are."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from demo.parts import DemoError


@contextmanager
def claim(directory: Path) -> Iterator[None]:
    """Holds the demo's directory for this process alone. Raises DemoError while a demo runs in it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError(
                f"A demo runs in {directory} already; stop it first, or give this one a DEMO_DIR of its own."
            ) from error
        yield


def write_urls(file: Path, urls: Mapping[str, str]) -> None:
    """Writes `NAME=value` lines that only their owner may read; opsconsole/environment.py reads them."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in urls.items())

"""A disk of a few megabytes, for what happens when one is full. Standard library only."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """Mount a tmpfs of so many megabytes for the length of a block; None where that cannot be done, as without root."""
    place = Path(tempfile.mkdtemp(prefix="small-disk-"))
    place.chmod(0o755)
    options = f"size={megabytes}m,mode=0755"
    mounted = _quietly("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place))
    try:
        yield place if mounted else None
    finally:
        if mounted:
            _quietly("umount", str(place)) or _quietly("umount", "--lazy", str(place))
        shutil.rmtree(place, ignore_errors=True)


def can_be_mounted() -> bool:
    """True where `small_disk` gives one."""
    with small_disk(1) as place:
        return place is not None


def _quietly(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False

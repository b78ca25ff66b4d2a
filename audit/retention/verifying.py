"""Comparing the file of an archived month with the log it left."""

from pathlib import Path

from audit.models import MonthArchive
from audit.retention.file import BadArchive, read_archive
from audit.seal import store


def verify_archive(path: Path) -> str:
    """Check a file by itself and against this log, and return one sentence. Raises `BadArchive` for the first thing that does not fit."""
    logs = {log.number: log.origin for log in store.logs()}
    told = read_archive(path, store.known_keys())
    kept = MonthArchive.objects.filter(month=told.month).first()
    if kept is None:
        raise BadArchive(f"{path.name} does not hold: {told.month} was never archived from this log.")
    for number, head in told.heads.items():
        own = store.head_of_size(number, head.size)
        if own is None or (own.root, logs.get(number)) != (head.root, head.origin):
            raise BadArchive(
                f"{path.name} does not hold: this log never signed its head of {head.size} entries."
            )
    if (kept.events, kept.ranges, kept.digest) != (told.events, told.ranges, told.digest):
        raise BadArchive(f"{path.name} is not the file that was written when {told.month} was archived.")
    return f"{path.name} holds: {told.events} events of {told.month} stand where the log has their hashes."

"""The signed file of an archived month: its events as they were sealed, where they stand in the tree, and the head they lead to.

`tree-<log>.txt` tells the whole tree of a signed head from left to right: `entries FIRST COUNT` takes the next events of
`events-<log>.jsonl`, `HEIGHT HASH` stands for 2**HEIGHT entries of other months. So the file alone proves every event in it (RFC 6962).
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from audit.evidence.archive import MANIFEST, PIECE, Archive
from audit.evidence.building import VERIFIER
from audit.seal import store
from audit.seal.leaf import SELECT, leaf_of
from audit.seal.note import BadNote, Checkpoint, Verifier, split, verified_by
from audit.seal.store import Head
from audit.seal.tree import Frontier, leaf_hash, parts

FIRST_LINE = "opsconsole archive of a month v1"
TOGETHER = 5000  # rows read at once
LONGEST_LINE = 200_000  # bytes; a leaf has 65,535 at most
Ranges = dict[str, list[list[int]]]

_OF_MONTH = "FROM audit_event e JOIN audit_seal_leaf l ON l.event_id = e.id WHERE e.at >= %s AND e.at < %s"
_RANGES = f"""
    SELECT log, min(position), max(position) FROM (
        SELECT l.log, l.position, l.position - row_number() OVER (PARTITION BY l.log ORDER BY l.position) AS run {_OF_MONTH}) AS placed
    GROUP BY log, run ORDER BY 1, 2
"""  # noqa: S608 - columns of this package
_EVENTS = f"SELECT l.position, l.hash, {SELECT} {_OF_MONTH} AND l.log = %s ORDER BY l.position"


class BadArchive(ValueError):
    """The file is not what was signed, or does not hold: one sentence."""


@dataclass(frozen=True)
class Told:
    """What a file tells, once it was checked: month, number of events, their places by log, the heads they lead to, SHA-256 and bytes."""

    month: str
    events: int
    ranges: Ranges
    heads: dict[int, Checkpoint]
    digest: str
    size: int


def write_archive(file: IO[bytes], month: str, first: datetime, end: datetime) -> tuple[str, int]:
    """Write the file of a month and return its SHA-256 (hex) and size in bytes.

    Raises `BadArchive` where an event waits for its seal, or is not what was sealed any more.
    """
    ranges = _ranges(first, end)
    archive, events = Archive(file, FIRST_LINE), 0
    for log, runs in ranges.items():
        head = _head(int(log), runs)
        archive.add(f"checkpoints/{log}.checkpoint", head.note)
        archive.pour(f"tree-{log}.txt", _tree(int(log), runs, head.size))
        archive.pour(f"events-{log}.jsonl", _lines(int(log), first, end))
        events += sum(last - start + 1 for start, last in runs)
    for program in (VERIFIER, VERIFIER.with_name("verify_archive.py")):
        archive.add(program.name, program.read_bytes())
    return archive.close({"month": month, "events": events, "logs": ranges})


def _ranges(first: datetime, end: datetime) -> Ranges:
    found: Ranges = {}
    for log, start, last in store.rows_of(_RANGES, [first, end]):
        found.setdefault(str(log), []).append([start, last])
    return found


def _head(log: int, runs: Sequence[Sequence[int]]) -> Head:
    head = store.latest_head(log)
    if head is None or head.size <= runs[-1][1]:
        raise BadArchive("Some events of it still wait for their seal.")
    return head


def _tree(log: int, runs: Sequence[Sequence[int]], size: int) -> Iterator[bytes]:
    read, at = store.Tree(log), 0
    for start, last in [*runs, (size, size)]:
        for height, number in parts(at, start):
            yield f"{height} {read.node(height, number).hex()}\n".encode()
        if start < size:
            yield f"entries {start} {last - start + 1}\n".encode()
        at = last + 1


def _lines(log: int, first: datetime, end: datetime) -> Iterator[bytes]:
    for rows in store.chunks(_EVENTS, [first, end, log], TOGETHER):
        for position, kept, *columns in rows:
            leaf = leaf_of(columns)
            if leaf_hash(leaf) != bytes(kept):
                raise BadArchive(
                    f"Entry {position} of log {log} was changed after it was sealed. Nothing is archived until that is explained."
                )
            yield leaf + b"\n"


def read_archive(path: Path, keys: list[Verifier]) -> Told:
    """Check a file as a stranger would, every signature, digest, event and place in the tree, and return what it tells.

    Raises `BadArchive`, `OSError`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, keys)
            heads = {int(log): _check_log(archive, log, manifest, keys) for log in manifest["logs"]}
        counted = sum(last - first + 1 for runs in manifest["logs"].values() for first, last in runs)
        if counted != manifest["events"]:
            raise BadArchive("It does not hold as many events as it says.")
        month, ranges = str(manifest["month"]), manifest["logs"]
    except (zipfile.BadZipFile, BadNote, KeyError, TypeError, ValueError) as error:
        said = str(error) if isinstance(error, (BadArchive, BadNote)) else "it cannot be read"
        raise BadArchive(f"{path.name} does not hold: {said.rstrip('.')}.") from error
    with path.open("rb") as file:
        return Told(
            month,
            counted,
            ranges,
            heads,
            hashlib.file_digest(file, "sha256").hexdigest(),
            path.stat().st_size,
        )


def _manifest(archive: zipfile.ZipFile, keys: list[Verifier]) -> dict[str, Any]:
    note = archive.read(MANIFEST).decode()
    if not verified_by(note, keys):
        raise BadArchive("no key that is trusted here signed it")
    first, written = split(note)[0].rstrip("\n").split("\n")
    manifest: dict[str, Any] = json.loads(written)
    if first != FIRST_LINE or sorted(archive.namelist()) != sorted([*manifest["files"], MANIFEST]):
        raise BadArchive("its files are not those that were signed")
    for name, listed in manifest["files"].items():
        digest = hashlib.sha256()
        with archive.open(name) as entry:
            while piece := entry.read(PIECE):
                digest.update(piece)
        if digest.hexdigest() != listed["sha256"]:
            raise BadArchive(f"{name} was changed")
    return manifest


def _check_log(
    archive: zipfile.ZipFile, log: str, manifest: dict[str, Any], keys: list[Verifier]
) -> Checkpoint:
    """Compute the root of the tree that a file tells of one log, and compare it with the signed head in it."""
    note = archive.read(f"checkpoints/{log}.checkpoint").decode()
    head, frontier, runs = Checkpoint.parse(note), Frontier(), []
    with archive.open(f"tree-{log}.txt") as tree, archive.open(f"events-{log}.jsonl") as events:
        for line in tree:
            words = line.decode().split()
            if words[0] != "entries":
                frontier.add(bytes.fromhex(words[1]), int(words[0]))
                continue
            first, count = int(words[1]), int(words[2])
            runs.append([first, first + count - 1])
            if frontier.size != first:
                raise BadArchive("its events stand in other places than it says")
            for event in islice(iter(lambda: events.readline(LONGEST_LINE), b""), count):
                _check_month(event, manifest["month"])
                frontier.add(leaf_hash(event.rstrip(b"\n")))
        more = events.read(1)
    if more or runs != manifest["logs"][log] or frontier.size != head.size or frontier.root() != head.root:
        raise BadArchive(f"its events of log {log} do not stand under the signed head in it")
    if not verified_by(note, keys):
        raise BadArchive("no key that is trusted here signed its head")
    return head


def _check_month(event: bytes, month: str) -> None:
    if not json.loads(event)["at"].startswith(f"{month}-"):
        raise BadArchive("it holds an event of another month")

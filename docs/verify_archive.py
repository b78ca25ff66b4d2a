#!/usr/bin/env python3
"""Checks a month that was taken out of an opsconsole log, without the console and without its database.

    verify_archive.py MONTH.zip --key KEY

It stands beside `verify_log.py`, which tells what KEY is, and needs what that needs. It checks the signature, every file in it, and that
each event stands where the file says under the signed head in it. docs/retention.md tells the form of the file. Ends with status 0 only
when everything holds.
"""

import argparse
import json
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from verify_log import DoesNotHold, Tree, read_head, signed_files


def check_archive(file: Path, key: str) -> str:
    told, files = signed_files(file, key, "archive of a month", "archive")
    count, heads = 0, []
    for log in sorted(told["logs"]):
        tree, events = tree_of(log, files, told["month"])
        origin, size, root = read_head(files[f"checkpoints/{log}.checkpoint"].decode(), key)
        if (tree.size, tree.root()) != (size, root):
            raise DoesNotHold(f"The events do not stand under the signed head of {size} entries of {origin}.")
        count += events
        heads.append(f"{size} entries of {origin}")
    if count != told["events"]:
        raise DoesNotHold("It does not hold as many events as it says.")
    return f"Holds: {count} events of {told['month']} stand under the signed head of {', '.join(heads)}."


def tree_of(log: str, files: dict[str, bytes], month: str) -> tuple[Tree, int]:
    """Computes the tree that a file tells, from the events in it and the hashes of all others; returns how many events there were."""
    tree, used, events = Tree(), 0, files[f"events-{log}.jsonl"].splitlines()
    for line in files[f"tree-{log}.txt"].decode().splitlines():
        word, *numbers = line.split()
        if word != "entries":
            tree.add_hash(bytes.fromhex(numbers[0]), int(word))
            continue
        first, count = map(int, numbers)
        for event in events[used : used + count]:
            if not json.loads(event)["at"].startswith(f"{month}-"):
                raise DoesNotHold("It holds an event of another month.")
            tree.add(event)
        used += count
        if tree.size != first + count:
            raise DoesNotHold("Its events stand in other places than it says.")
    if used != len(events):
        raise DoesNotHold("It holds more events than it says.")
    return tree, used


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", required=True)
    asked = parser.parse_args()
    try:
        print(check_archive(asked.file, asked.key))
    except (DoesNotHold, ValueError, KeyError, IndexError, OSError, zipfile.BadZipFile) as error:
        print(f"DOES NOT HOLD: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

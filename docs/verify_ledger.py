#!/usr/bin/env python3
"""Checks a customer's ledger, `ledger.json`, without the console and without its database.

    verify_ledger.py ledger.json --key KEY

It stands beside `verify_log.py`, which tells what KEY is, and needs what that needs. It checks that the company signed the ledger as it
stands there, and that each entry it names stands under a signed head of the log. An entry is there by its hash: whoever is shown the event
itself, as a `.tlog-proof` file, can compare. Ends with status 0 only when everything holds.
"""

import argparse
import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from verify_log import DoesNotHold, read_head, root_of_path, signed_text

FIRST_LINE = "opsconsole customer ledger v1"


def check_ledger(text: str, key: str) -> str:
    told = json.loads(text)
    signature = told.pop("signature")
    body = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signed_text(f"{FIRST_LINE}\n{body}\n\n{signature}", key, "ledger")
    heads = {origin: (size, root) for origin, size, root in (read_head(note, key) for note in told["heads"])}
    entries = [entry for access in told["accesses"] for entry in access["entries"]]
    sealed = [entry for entry in entries if entry["index"] is not None]
    for entry in sealed:
        size, root = heads[entry["log"]]
        path = [base64.b64decode(one) for one in entry["path"]]
        if root_of_path(bytes.fromhex(entry["leaf"]), entry["index"], size, path) != root:
            raise DoesNotHold(
                f"Entry {entry['index']} does not stand under the signed head of {size} entries."
            )
    waiting = len(entries) - len(sealed)
    more = f" {waiting} wait for their seal: ask for the ledger again." if waiting else ""
    less = "" if told["whole"] else " It is not whole: there were more than one ledger holds."
    return (
        f"Accesses to {told['tenant']['name']} from {told['since']} to {told['made_at']}.\n"
        f"Holds: {len(told['accesses'])} accesses are what was signed, and {len(sealed)} entries stand under signed heads."
        f"{more}{less}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", required=True)
    asked = parser.parse_args()
    try:
        print(check_ledger(asked.file.read_text(encoding="utf-8"), asked.key))
    except (DoesNotHold, ValueError, KeyError, IndexError, TypeError, OSError) as error:
        print(f"DOES NOT HOLD: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

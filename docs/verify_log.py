#!/usr/bin/env python3
"""Checks an opsconsole log, or one event of it, without the console and without its database.

    verify_log.py event FILE.tlog-proof --key KEY        one event and its proof
    verify_log.py log LEAVES --head HEAD --key KEY       a whole log: one entry a line, as `manage.py audit leaves` prints it;
                                                         with several heads, also that each later one only adds to the earlier
    verify_log.py pack PACK.zip --key KEY                an evidence pack: its signature, every file in it, every event and its proof
    verify_log.py value FILE DISCLOSURE                  that a value that was kept apart is the one the event commits to; FILE is the event
                                                         or its proof, which is checked too where KEY is given

KEY is the public key as text `name+hash+key`; get it from the company by another way than the files. HEAD is a file with a signed head,
for example one that you kept. Needs Python 3.11 or newer and, for the signature only, the package `cryptography`.

The forms are public: RFC 6962 (tree), RFC 8785 (text of an entry), RFC 9901 (disclosures), C2SP signed-note, tlog-checkpoint, tlog-proof.
Ends with status 0 only when everything holds.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from pathlib import Path

MANIFEST = "manifest.note"
DASH = "\u2014 "


class DoesNotHold(Exception):
    """What does not fit, in one sentence."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The roots of a growing tree; one hash is kept for each full subtree."""

    def __init__(self) -> None:
        self.size = 0
        self.parts: list[bytes] = []

    def add(self, entry: bytes) -> None:
        self.add_hash(leaf_hash(entry))

    def add_hash(self, new: bytes, height: int = 0) -> None:
        """Adds the hash of a full subtree of 2**height entries."""
        if self.size % (1 << height) or len(new) != 32:
            raise DoesNotHold("The tree is not whole.")
        size = self.size >> height
        while size & 1:
            new = node_hash(self.parts.pop(), new)
            size >>= 1
        self.parts.append(new)
        self.size += 1 << height

    def root(self) -> bytes:
        if not self.parts:
            return hashlib.sha256(b"").digest()
        root = self.parts[-1]
        for left in reversed(self.parts[:-1]):
            root = node_hash(left, root)
        return root


def root_of_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        raise DoesNotHold("The entry lies outside of the tree.")
    last, root = size - 1, leaf
    for sibling in path:
        if last == 0:
            raise DoesNotHold("The proof is too long.")
        if index & 1 or index == last:
            root = node_hash(sibling, root)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise DoesNotHold("The proof is too short.")
    return root


def signed_text(note: str, key: str, what: str) -> str:
    """Checks the signature of a note and returns its text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, key_hash, coded = key.split("+", 2)
    public = base64.b64decode(coded)
    known = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    if public[:1] != b"\x01" or known.hex() != key_hash:
        raise DoesNotHold("The key is not whole.")
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        signer, _, data = line.removeprefix(DASH).partition(" ")
        signature = base64.b64decode(data)
        if signer == name and signature[:4] == known:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{text}\n".encode())
            except InvalidSignature:
                raise DoesNotHold(f"The signature of the {what} is wrong.") from None
            return text
    raise DoesNotHold(f"The {what} is not signed by this key.")


def read_head(note: str, key: str) -> tuple[str, int, bytes]:
    """Checks the signature of a head; returns the log's name, the number of entries and the root."""
    origin, size, root = signed_text(note, key, "head").split("\n")[:3]
    return origin, int(size), base64.b64decode(root)


def entry_of(proof: str) -> bytes:
    first, extra = proof.split("\n")[:2]
    if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra "):
        raise DoesNotHold("This is no proof file of an event.")
    return base64.b64decode(extra.removeprefix("extra "))


def check_event(proof: str, key: str) -> str:
    entry, (head, _, note) = entry_of(proof), proof.partition("\n\n")
    _first, _extra, index, *path = head.split("\n")
    origin, size, root = read_head(note, key)
    place = int(index.removeprefix("index "))
    if root_of_path(leaf_hash(entry), place, size, [base64.b64decode(line) for line in path]) != root:
        raise DoesNotHold("The event does not stand under this head: it, or its proof, was changed.")
    event = json.loads(entry)
    return f"{event['at']}: {event['sentence']}\nHolds: entry {place} of {size} in {origin}."


def signed_files(file: Path, key: str, kind: str, what: str) -> tuple[dict, dict[str, bytes]]:
    """Checks that a file is what was signed, naming each file in it that is not; returns what its manifest tells, and its files."""
    with zipfile.ZipFile(file) as pack:
        note = pack.read(MANIFEST).decode()
        first, manifest = signed_text(note, key, "manifest").split("\n")
        if first != f"opsconsole {kind} v1":
            raise DoesNotHold(f"This is no {what}.")
        told = json.loads(manifest)
        names = pack.namelist()
        wrong = [f"{name} was added" for name in sorted(set(names) - {*told["files"], MANIFEST})]
        wrong += [
            f"{name} stands in it twice" for name in sorted({name for name in names if names.count(name) > 1})
        ]
        found = {}
        for name, listed in told["files"].items():
            try:
                found[name] = pack.read(name)
                same = hashlib.sha256(found[name]).hexdigest() == listed["sha256"]
                wrong += [] if same else [f"{name} was changed"]
            except KeyError:
                wrong.append(f"{name} is missing")
            except (zipfile.BadZipFile, zlib.error):
                wrong.append(f"{name} was changed")
    if wrong:
        raise DoesNotHold("\n  ".join([f"This {what} is not the one that was signed:", *wrong]))
    return told, found


def check_pack(file: Path, key: str) -> str:
    told, files = signed_files(file, key, "evidence pack", "pack")
    return check_contents(told, files, key)


def check_contents(told: dict, files: dict[str, bytes], key: str) -> str:
    """Checks what the files say: events, proofs and values fit together, and a policy has the digest that events name."""
    proofs = [files[name].decode() for name in sorted(files) if name.startswith("proofs/")]
    entries = [entry_of(proof) for proof in proofs]
    if files["events.jsonl"].splitlines() != entries or len(entries) != told["events"]:
        raise DoesNotHold("The events and their proofs are not the same.")
    for proof in proofs:
        check_event(proof, key)
    policies = {hashlib.sha256(files[f"policies/{digest}.json"]).hexdigest() for digest in told["policies"]}
    events = [json.loads(entry) for entry in entries]
    if policies != {event["policy_version"] for event in events} - {""}:
        raise DoesNotHold("The policies are not those that were in force.")
    by_id = {event["id"]: event for event in events}
    for value in json.loads(files.get("values.json", b"[]")):
        check_value(by_id[value["event"]], value["disclosure"])
    return (
        f"Evidence about {told['about']}, until {told['until']}, asked for by {told['asked_by']}.\n"
        f"Holds: all {len(files)} files are those that were signed, and {len(events)} events stand under signed heads of the log."
    )


def roots_at(file: Path, sizes: set[int]) -> tuple[dict[int, bytes], int]:
    """Returns the roots of the log in a file at some sizes and at its end, and how many entries are there by their hash only."""
    tree, found, archived = Tree(), {}, 0
    with file.open("rb") as lines:
        for line in lines:
            if line.startswith(b"archived "):
                tree.add_hash(bytes.fromhex(line[9:].decode()))
                archived += 1
            else:
                tree.add(line.rstrip(b"\n"))
            if tree.size in sizes:
                found[tree.size] = tree.root()
    return found | {tree.size: tree.root()}, archived


def check_heads(file: Path, heads: list[Path], key: str) -> str:
    """Checks that each head fits the beginning of the log, so that each later one only adds to the earlier."""
    read = [read_head(path.read_text(encoding="utf-8"), key) for path in heads]
    if len({origin for origin, _, _ in read}) > 1:
        raise DoesNotHold("The heads are of different logs.")
    roots, archived = roots_at(file, {size for _, size, _ in read})
    for _, size, root in read:
        if size not in roots:
            raise DoesNotHold(f"The head counts {size} entries, and the file has fewer.")
        if roots[size] != root:
            raise DoesNotHold(f"The first {size} entries of the file are not those that were signed.")
    more = f"\n{archived} of them are archived and stand here by their hash only." if archived else ""
    return f"Holds: {', '.join(str(size) for _, size, _ in read)} of {max(roots)} entries stand under signed heads of {read[0][0]}.{more}"


def check_value(event: dict, disclosure: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode()).digest()).decode().rstrip("=")
    _salt, name, value = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    if event["commitments"].get(name) != digest:
        raise DoesNotHold("The event does not commit to this value.")
    return f"Holds: {name} was {value!r}."


def check_value_in(file: Path, disclosure: str, key: str) -> str:
    text = file.read_text(encoding="utf-8")
    if not text.startswith("c2sp.org/"):
        return check_value(json.loads(text), disclosure)
    said = check_event(text, key) + "\n" if key else ""
    return said + check_value(json.loads(entry_of(text)), disclosure)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["event", "log", "pack", "value"])
    parser.add_argument("file", type=Path)
    parser.add_argument("disclosure", nargs="?", default="")
    parser.add_argument("--head", type=Path, action="append", default=[])
    parser.add_argument("--key", default="")
    asked = parser.parse_args()
    if (asked.what != "value" and not asked.key) or (asked.what == "log" and not asked.head):
        parser.error("give --key, and for a log at least one --head")
    try:
        if asked.what == "event":
            print(check_event(asked.file.read_text(encoding="utf-8"), asked.key))
        elif asked.what == "pack":
            print(check_pack(asked.file, asked.key))
        elif asked.what == "value":
            print(check_value_in(asked.file, asked.disclosure, asked.key))
        else:
            print(check_heads(asked.file, asked.head, asked.key))
    except (DoesNotHold, ValueError, KeyError, IndexError, OSError, zipfile.BadZipFile) as error:
        print(f"DOES NOT HOLD: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

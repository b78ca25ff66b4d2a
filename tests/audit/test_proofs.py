"""Proofs: on pages, as files, and checked by a program that knows nothing of the console."""

import base64
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from audit.actions import seal_all
from audit.seal import store
from audit.seal.keys import signers
from audit.seal.proofs import consistency_of, proof_of, sealed_lines
from tests.audit.sealed import attack
from tests.audit.writing import many, write

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_log.py"


@pytest.fixture
def sealed(committed, as_owner):
    """Heads of three sizes over some hundred events."""
    for part in range(3):
        as_owner(many(150, ticket=f"T-{part}"))
        write(f"planted {part}")
        seal_all()
    return committed


def key_of(label):
    return store.rows_of("SELECT id FROM audit_event WHERE object_label = %s", [label])[0][0]


def verifier(*arguments):
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def public():
    return str(signers()[0].verifier)


def test_every_event_has_a_proof_against_every_later_head(sealed):
    heads = store.heads(1)
    assert len(heads) == 3
    for part in range(3):
        for number, head in enumerate(heads):
            proof = proof_of(key_of(f"planted {part}"), head.size)
            assert (proof is not None) == (number >= part)
            assert proof is None or proof.holds
    assert proof_of(uuid.uuid4()) is None


def test_a_changed_row_has_no_proof_that_holds(sealed):
    key = key_of("planted 1")
    attack(sealed, f"UPDATE audit_event SET sentence = 'nothing' WHERE id = '{key}'")
    assert not proof_of(key).holds


def test_every_two_heads_are_consistent(sealed):
    sizes = [head.size for head in store.heads(1)]
    for first in sizes:
        for second in sizes:
            assert consistency_of(1, first, second).holds
    assert consistency_of(1, 5, sizes[0]) is None


def test_the_stand_alone_verifier_accepts_a_proof_and_refuses_a_changed_one(sealed, tmp_path):
    file = tmp_path / "event.tlog-proof"
    text = proof_of(key_of("planted 1")).text()
    file.write_text(text)
    status, said = verifier("event", file, "--key", public())
    assert (status, "planted 1" in said, "Holds: entry" in said) == (0, True, True)
    entry = base64.b64decode(re.search(r"^extra (.*)$", text, re.M)[1])
    forged = base64.b64encode(entry.replace(b"planted 1", b"planted 9")).decode()
    changes = [
        (r"(?m)^extra .*$", f"extra {forged}"),
        (r"(?m)^index (\d)", r"index 1\1"),
        (r"\n\n127", "\n\n128"),
        (r"(?m)^— 127.0.0.1/audit ", "— somebody/else "),
    ]
    for pattern, other in changes:
        file.write_text(re.sub(pattern, other, text, count=1))
        status, said = verifier("event", file, "--key", public())
        assert (status, said.startswith("DOES NOT HOLD")) == (1, True), pattern


def test_the_stand_alone_verifier_needs_the_right_key(sealed, tmp_path):
    from audit.seal.note import Signer

    file = tmp_path / "event.tlog-proof"
    file.write_text(proof_of(key_of("planted 1")).text())
    other = Signer("127.0.0.1/audit", b"\x05" * 32).verifier
    assert verifier("event", file, "--key", other) == (
        1,
        "DOES NOT HOLD: The head is not signed by this key.",
    )


def test_the_stand_alone_verifier_checks_a_whole_log_against_kept_heads(sealed, tmp_path):
    leaves = tmp_path / "leaves.jsonl"
    leaves.write_text("".join(f"{line}\n" for line in sealed_lines()), encoding="utf-8")
    options = []
    for head in store.heads(1):
        file = tmp_path / f"{head.size}.checkpoint"
        file.write_text(head.note)
        options += ["--head", file]
    status, said = verifier("log", leaves, *options, "--key", public())
    assert (status, said.startswith("Holds")) == (0, True)
    lines = leaves.read_text().splitlines()
    lines[7], lines[8] = lines[8], lines[7]
    leaves.write_text("\n".join(lines) + "\n")
    status, said = verifier("log", leaves, *options, "--key", public())
    assert (status, "are not those that were signed" in said) == (1, True)
    leaves.write_text("\n".join(lines[:20]) + "\n")
    assert "has fewer" in verifier("log", leaves, *options, "--key", public())[1]


@pytest.mark.django_db
def test_the_verifier_is_one_file_of_moderate_length_on_the_standard_library():
    text = VERIFIER.read_text()
    assert len(text.splitlines()) <= 270
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.M))
    assert imported <= {*sys.stdlib_module_names, "cryptography"}


def test_the_event_page_shows_its_proof_and_gives_the_file(sealed, browse_as, events, tmp_path):
    client, key = browse_as("compliance"), key_of("planted 0")
    page = client.get(f"/audit/events/{key}/").content.decode()
    assert "The row gives exactly what was sealed" in page
    sizes = [head.size for head in store.heads(1)]
    older = client.get(f"/audit/events/{key}/?head={sizes[0]}").content.decode()
    assert f"of {sizes[0]} under this head" in older
    answer = client.get(f"/audit/events/{key}/proof/?head={sizes[1]}")
    assert answer["Content-Disposition"] == f'attachment; filename="{key}.tlog-proof"'
    file = tmp_path / "taken.tlog-proof"
    file.write_bytes(answer.content)
    assert verifier("event", file, "--key", public())[0] == 0
    assert events("log.proof_taken")[-1].object_id == str(key)
    assert client.get(f"/audit/events/{key}/proof/?head=3").status_code == 404


def test_an_event_that_waits_for_its_seal_says_so(sealed, browse_as):
    client, key = browse_as("compliance"), write("fresh")
    assert "It waits for its seal" in client.get(f"/audit/events/{key}/").content.decode()
    assert client.get(f"/audit/events/{key}/proof/").status_code == 404


def test_the_page_of_heads_proves_that_one_continues_another(sealed, browse_as):
    client = browse_as("compliance")
    sizes = [head.size for head in store.heads(1)]
    page = client.get(f"/audit/checkpoints/?first={sizes[2]}&second={sizes[0]}").content.decode()
    assert "The later head only adds to the earlier one" in page
    assert store.logs()[0].origin in page
    assert client.get("/audit/checkpoints/?first=7&second=8").status_code == 422
    assert client.get("/audit/checkpoints/?first=x").status_code == 422
    assert client.get("/audit/checkpoints/").status_code == 200


def test_anybody_may_keep_the_newest_head(sealed, client):
    assert client.get("/audit/checkpoints/latest.txt").content.decode() == store.heads(1)[-1].note


def test_a_log_that_is_not_sealed_yet_says_so(committed, browse_as, client):
    assert "Nothing is sealed yet" in browse_as("compliance").get("/audit/checkpoints/").content.decode()
    assert client.get("/audit/checkpoints/latest.txt").status_code == 404


def test_a_value_kept_apart_can_be_disclosed_with_proof_and_erased_without_harm(
    committed, tmp_path, monkeypatch
):
    from django.db import connection, transaction

    from audit import registry
    from audit.actions import record
    from audit.registry import EventType
    from audit.seal.verifying import verify
    from tests.audit.writing import SOMEBODY

    kind = EventType("test.moved", 1, "{actor} moved somebody", category="AU-2: x", private=("old_email",))
    monkeypatch.setitem(registry._types, kind.name, kind)
    with transaction.atomic():
        key = record(kind.name, actor=SOMEBODY, private={"old_email": "owner@acme.example"})
    seal_all()
    disclosure = store.rows_of("SELECT disclosure FROM audit_private_value WHERE event_id = %s", [key])[0][0]
    file = tmp_path / "event.json"
    file.write_bytes(proof_of(key).leaf)
    assert b"acme.example" not in proof_of(key).leaf
    assert verifier("value", file, disclosure) == (0, "Holds: old_email was 'owner@acme.example'.")
    other = (
        base64.urlsafe_b64encode(json.dumps(["salt", "old_email", "other@acme.example"]).encode())
        .decode()
        .rstrip("=")
    )
    assert verifier("value", file, other)[0] == 1
    with transaction.atomic(), connection.cursor() as cursor:
        write("erased on request")
        cursor.execute("DELETE FROM audit_private_value WHERE event_id = %s", [key])
    seal_all()
    assert verify().difference == ""
    assert proof_of(key).holds

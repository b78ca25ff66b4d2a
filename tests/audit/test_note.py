"""Signed notes and checkpoints as C2SP writes them."""

import pytest

from audit.seal.note import BadNote, Checkpoint, Signer, Verifier, proof_text, sign, split, verified_by

# The example of the signed-note form, from the Go module that introduced it.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

SIGNER = Signer("console.example/audit", b"\x07" * 32)
HEAD = Checkpoint("console.example/audit/1", 12, b"\x01" * 32)


def test_the_published_example_is_signed_and_accepted():
    signer, verifier = Signer.parse(GO_SECRET), Verifier.parse(GO_PUBLIC)
    assert signer.secret_text() == GO_SECRET
    assert str(signer.verifier) == GO_PUBLIC
    assert signer.line(GO_TEXT) == GO_LINE
    assert verified_by(f"{GO_TEXT}\n{GO_LINE}", [verifier]) == [verifier]


def test_a_checkpoint_reads_back():
    note = sign(HEAD.body(), [SIGNER])
    assert note.startswith("console.example/audit/1\n12\nAQEB")
    assert Checkpoint.parse(note) == HEAD
    assert verified_by(note, [SIGNER.verifier]) == [SIGNER.verifier]


def test_a_second_signature_has_room_and_unknown_ones_are_passed_over():
    second = Signer("console.example/next", b"\x08" * 32)
    note = sign(HEAD.body(), [SIGNER, second])
    assert verified_by(note, [second.verifier]) == [second.verifier]
    assert verified_by(note, [SIGNER.verifier, second.verifier]) == [SIGNER.verifier, second.verifier]
    assert verified_by(note, []) == []


def test_a_changed_head_is_not_accepted():
    note = sign(HEAD.body(), [SIGNER]).replace("\n12\n", "\n13\n")
    with pytest.raises(BadNote, match="is wrong"):
        verified_by(note, [SIGNER.verifier])


@pytest.mark.parametrize("text", ["", "x", "a\n1\n\n— a b", "a\n\n", "— a b\n", "a\nb\n\nno dash\n"])
def test_what_is_no_note_is_told(text):
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


@pytest.mark.parametrize("size", ["-1", "01", "x", "１"])
def test_a_size_is_plain_decimal(size):
    with pytest.raises(BadNote):
        Checkpoint.parse(sign(f"o\n{size}\n{HEAD.body().splitlines()[2]}\n", [SIGNER]))


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", GO_PUBLIC.replace("c74f20a3", "c74f20a4")])
def test_a_bad_key_is_told(text):
    with pytest.raises(BadNote):
        Verifier.parse(text)
    with pytest.raises(BadNote):
        Signer.parse(f"PRIVATE+KEY+{text}")


def test_a_proof_file_holds_index_path_and_checkpoint():
    note = sign(HEAD.body(), [SIGNER])
    text = proof_text(3, [b"\x02" * 32], note)
    head, rest = text.split("\n\n", 1)
    assert head.splitlines()[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert rest == note
    assert split(rest)[0] == HEAD.body()

"""Proofs and the integrity page in plain words."""

from dataclasses import dataclass
from typing import Any

from audit.integrity import Right
from audit.models import Event
from audit.pages.facts import Fact, copy, fact
from audit.seal import store
from audit.seal.keys import trusted
from audit.seal.proofs import Proof, proof_of
from audit.seal.store import Head

HEADS_SHOWN = 40
RIGHT_COLUMNS: list[Fact] = [{"label": "Role"}, {"label": "May do with the event table"}]
VERDICTS = {
    "good": ("proved", "Everything below was proved within the last hour."),
    "notice": ("not proved yet", "Something below waits to be proved, or was proved more than an hour ago."),
    "bad": (
        "does not hold",
        "Something below does not hold. Keep the database as it is and look into it now.",
    ),
}


@dataclass(frozen=True)
class ProofPanel:
    """The proof of one event, the heads it can be made against, and how it reads."""

    proof: Proof | None
    heads: list[Head]
    facts: list[Fact]

    @property
    def outcome(self) -> dict[str, str]:
        if self.proof is None:
            return {
                "word": "waiting",
                "meaning": "It waits for its seal; that takes some seconds",
                "tone": "neutral",
            }
        if self.proof.holds:
            return {"word": "proved", "meaning": "The row gives exactly what was sealed", "tone": "good"}
        return {"word": "differs", "meaning": "The row was changed after it was sealed", "tone": "bad"}


def proof_panel(event: Event, size: int | None) -> ProofPanel:
    """Return the proof of one event against the head of a size, or against the newest."""
    proof = proof_of(event.id, size) or proof_of(event.id)
    if proof is None:
        return ProofPanel(None, [], [])
    heads = [
        head
        for head in store.recent_heads(HEADS_SHOWN)
        if head.log == proof.head.log and head.size > proof.index
    ]
    facts = [
        fact("Log", proof.log.origin),
        fact("Entry", str(proof.index), hint=f"of {proof.head.size} under this head"),
        {"label": "Signed", "at": proof.head.at, "text": "", "hint": ""},
        copy("Root of the tree", proof.head.root.hex()),
    ]
    return ProofPanel(proof, heads, facts)


def widest(heads: list[Head]) -> dict[str, int]:
    """Return the oldest and the newest of some heads of the present log, for the form that proves one from the other."""
    sizes = [head.size for head in heads if head.log == heads[0].log]
    return {"first": sizes[-1], "second": sizes[0]} if len(sizes) > 1 else {}


def verdict(tone: str) -> dict[str, str]:
    """Return the overall finding of the integrity page as the arguments of a chip."""
    word, meaning = VERDICTS[tone]
    return {"word": word, "meaning": meaning, "tone": tone}


def right_rows(rights: list[Right]) -> list[list[tuple[Fact, Any]]]:
    """Return the database rights as rows of the table component."""
    return [
        list(zip(RIGHT_COLUMNS, [right.role, right.rights.capitalize()], strict=True)) for right in rights
    ]


def trusted_keys() -> list[str]:
    """Return the public keys whose signature counts, in the form that verifiers take."""
    return [str(key) for key in trusted()]

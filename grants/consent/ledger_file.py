"""The ledger for programs: signed by the keys of the log, each entry with its way to a signed head (docs/verify_ledger.py checks it)."""

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

from audit.evidence.building import VERIFIER
from audit.seal.keys import signers
from audit.seal.leaf import canonical
from audit.seal.note import sign, split
from audit.seal.proofs import Proof, proofs_of
from audit.seal.tree import leaf_hash
from grants.consent.ledger import Access, Ledger
from opsconsole.lib.clock import database_now
from tenants.models import Tenant

FIRST_LINE = "opsconsole customer ledger v1"
"""What the signed text begins with. No checkpoint and no manifest does, so that no signature under one is taken for another's."""

CHECKER = VERIFIER.with_name("verify_ledger.py")
README = """What the staff of the company opened in the account of {name}, as they signed it.

Python 3.11 and the package `cryptography` are needed, nothing of the company's:

    python3 verify_ledger.py ledger.json --key KEY

KEY is the public key of their log, as text. Ask for it by another way than this file, and keep it.
"""


def ledger_file(tenant: Tenant, ledger: Ledger) -> dict[str, Any]:
    """Return the ledger as JSON values. `signature` is over `FIRST_LINE` and the RFC 8785 form of all the rest, as a C2SP note."""
    ids = [entry.id for access in ledger.accesses for entry in access.entries]
    proofs = dict(proofs_of(ids))
    heads = {proof.log.origin: proof.head.note for proof in proofs.values()}
    told = {
        "v": 1,
        "tenant": {"id": str(tenant.pk), "name": tenant.name, "slug": tenant.slug},
        "since": ledger.since.isoformat(),
        "made_at": database_now().isoformat(),
        "whole": ledger.is_whole,
        "heads": list(heads.values()) or ([ledger.head.note] if ledger.head else []),
        "accesses": [_access(access, proofs) for access in ledger.accesses],
    }
    note = sign(f"{FIRST_LINE}\n{canonical(told).decode()}\n", signers())
    return {**told, "signature": "\n".join(split(note)[1]) + "\n"}


def _access(access: Access, proofs: dict[Any, Proof]) -> dict[str, Any]:
    return {
        "who": access.who,
        "ticket": access.ticket,
        "why": access.why,
        "began": access.began.isoformat(),
        "minutes": access.minutes,
        "seen": access.seen,
        "changed": access.changed,
        "entries": [
            {"event": str(entry.id), "at": entry.at.isoformat(), **_place(proofs.get(entry.id))}
            for entry in access.entries
        ],
    }


def _place(proof: Proof | None) -> dict[str, Any]:
    if proof is None:
        return {"log": None, "index": None, "leaf": None, "path": []}
    return {
        "log": proof.log.origin,
        "index": proof.index,
        "leaf": leaf_hash(proof.leaf).hex(),
        "path": [base64.b64encode(item).decode() for item in proof.path],
    }


def packed(tenant: Tenant, told: bytes) -> bytes:
    """Return a zip with the ledger and the programs that check it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ledger.json", told)
        file.writestr("README.txt", README.format(name=tenant.name))
        for program in (CHECKER, VERIFIER):
            file.writestr(program.name, Path(program).read_bytes())
    return out.getvalue()

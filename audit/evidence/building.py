"""Making the file of a pack: reads only, in short statements, so that no long transaction holds back the seal of the log."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection
from django.template.loader import render_to_string

from audit.actions.sealing import AnotherSealer, WitnessIsAhead, seal_all
from audit.disclosure.queries import disclosures_of
from audit.evidence.archive import Archive
from audit.evidence.report import STYLE, report
from audit.evidence.subjects import events_of
from audit.evidence.tables import COLUMNS, csv_of, event_row
from audit.models import Event, EvidencePack, PolicyVersion
from audit.refs import Staff
from audit.rules import audit_rules_in_force
from audit.seal import store
from audit.seal.keys import signers
from audit.seal.leaf import canonical
from audit.seal.proofs import Proof, proofs_of
from audit.seal.store import Head, Log
from opsconsole.lib.evidence import Found, Table
from opsconsole.lib.registry import evidence_tables

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_log.py"
TELL_EVERY = 200  # events
Tell = Callable[[str, int], None]


class CannotMake(Exception):
    """The pack cannot be made: one sentence, and the code of the failed event."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class NotSealedYet(Exception):
    """Some of the events still wait for their seal."""


@dataclass(frozen=True)
class Made:
    """What is told of a file: SHA-256 (hex), bytes, events, values that were kept apart."""

    digest: str
    size: int
    events: int
    values: int


def build(pack: EvidencePack, file: IO[bytes], tell: Tell) -> Made:
    """Write the file of a pack and return what is told of it; `tell(stage, percent)` hears how far it is.

    Raises `NotSealedYet`, and `CannotMake` where the person who asked may no longer export, where there is too much of it, or where the
    log does not hold.
    """
    tell("Reading the log", 5)
    events = _events(pack)
    _sealed(events)
    archive = Archive(file)
    heads = _proofs(archive, events, tell)
    tell("Writing down the policy and the requests", 80)
    policies = _policies(archive, events)
    tables = _tables(archive, events)
    values = _values(archive, events) if pack.with_values else 0
    tell("Writing the report", 90)
    archive.add("events.csv", csv_of(COLUMNS, (event_row(n, event) for n, event in enumerate(events, 1))))
    archive.add("report.html", report(pack, events, tables, heads))
    archive.add("report.css", STYLE.read_bytes())
    archive.add("verify_log.py", VERIFIER.read_bytes())
    words = {"pack": pack, "tables": tables, "keys": [str(signer.verifier) for signer in signers()]}
    archive.add("README.txt", render_to_string("audit/evidence/readme.txt", words))
    digest, size = archive.close(_told(pack, len(events), values, policies))
    return Made(digest, size, len(events), values)


def _events(pack: EvidencePack) -> list[Event]:
    person = get_user_model().objects.filter(pk=UUID(pack.asked_by_id)).first()
    if not isinstance(person, Staff) or not person.has_perm("console.export"):
        raise CannotMake("The person who asked may no longer export evidence.", "no_longer_allowed")
    if pack.with_values and not person.has_perm("console.disclose"):
        raise CannotMake("The person who asked may no longer see values kept apart.", "no_longer_allowed")
    most = audit_rules_in_force().evidence.most_events
    found = list(events_of(person, pack)[: most + 1])
    if len(found) > most:
        raise CannotMake(f"It covers more than {most} events. Ask for a shorter time.", "too_many_events")
    return found


def _sealed(events: Sequence[Event]) -> None:
    """Raise `NotSealedYet` until every event stands under a signed head; seal what is due first."""
    if _waiting(events):
        try:
            seal_all()
        except (AnotherSealer, WitnessIsAhead) as error:
            raise NotSealedYet from error
        if _waiting(events):
            raise NotSealedYet


def _waiting(events: Sequence[Event]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_seal_leaf WHERE event_id = ANY(%s)", [[event.id for event in events]]
        )
        return bool(cursor.fetchone()[0] < len(events))


def _proofs(archive: Archive, events: Sequence[Event], tell: Tell) -> list[tuple[Log, Head]]:
    """Put the sealed events, their proofs and the heads they lead to in, and return the heads."""
    leaves: list[bytes] = []
    heads: dict[int, tuple[Log, Head]] = {}
    for number, (event_id, proof) in enumerate(proofs_of([event.id for event in events]), 1):
        _guard(event_id, proof)
        archive.add(f"proofs/{number:06d}.tlog-proof", proof.text())
        leaves.append(proof.leaf + b"\n")
        heads[proof.log.number] = (proof.log, proof.head)
        if number % TELL_EVERY == 0:
            tell(f"{number} of {len(events)} events proved", 10 + 65 * number // len(events))
    if len(leaves) < len(events):
        raise NotSealedYet
    archive.add("events.jsonl", b"".join(leaves))
    found = [heads[number] for number in sorted(heads)] or _newest()
    for log, head in found:
        archive.add(f"checkpoints/{log.number}.checkpoint", head.note)
    return found


def _guard(event_id: UUID, proof: Proof) -> None:
    if not proof.holds:
        raise CannotMake(
            f"Event {event_id} was changed after it was sealed. Nothing is handed out until that is explained.",
            "log_differs",
        )


def _newest() -> list[tuple[Log, Head]]:
    logs = store.logs()
    head = store.latest_head(logs[-1].number) if logs else None
    return [(logs[-1], head)] if head else []


def _policies(archive: Archive, events: Sequence[Event]) -> list[str]:
    """Put the text of each policy in that was in force, twice: as what its digest is of, and as files to read."""
    wanted = sorted({event.policy_version for event in events if event.policy_version})
    for row in PolicyVersion.objects.filter(version__in=wanted).order_by("version"):
        archive.add(f"policies/{row.version}.json", canonical(row.files))
        for path, text in sorted(row.files.items()):
            archive.add(f"policies/{row}/{path}", text)
    return wanted


def _tables(archive: Archive, events: Sequence[Event]) -> list[Table]:
    def ids(name: str) -> frozenset[UUID]:
        return frozenset(getattr(event, name) for event in events if getattr(event, name))

    reviews = frozenset(UUID(event.object_id) for event in events if event.object_type == "access_review")
    found = Found(ids("case_id"), ids("request_id"), ids("grant_id"), ids("session_id"), reviews)
    tables = [table for contribute in evidence_tables for table in contribute(found=found)]
    for table in tables:
        archive.add(f"{table.key}.csv", csv_of(table.columns, table.rows))
    return tables


def _values(archive: Archive, events: Sequence[Event]) -> int:
    """Put the private values in that are still kept, in the form that the verifier takes."""
    committed = [event.id for event in events if event.commitments]
    found = [
        {"event": str(kept.event_id), "name": kept.name, "value": kept.value, "disclosure": kept.disclosure}
        for kept in disclosures_of(committed)
    ]
    archive.add("values.json", json.dumps(found, ensure_ascii=False, indent=1))
    return len(found)


def _told(pack: EvidencePack, events: int, values: int, policies: list[str]) -> dict[str, object]:
    return {
        "pack": str(pack.pk),
        "kind": pack.kind,
        "subject": pack.subject,
        "about": pack.about,
        "since": pack.since.isoformat() if pack.since else None,
        "until": pack.until.isoformat(),
        "reason": pack.reason,
        "asked_by": pack.asked_by_label,
        "agreed_by": pack.decided_by_label,
        "events": events,
        "values": values,
        "policies": policies,
    }

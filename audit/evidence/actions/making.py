"""What the console itself does to evidence packs: make the file, let it lapse, remove it."""

import tempfile
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.db import connection, transaction

from audit.evidence.actions.telling import State, tell_of, tell_who_asked
from audit.evidence.archive import PIECE
from audit.evidence.building import CannotMake, Made, NotSealedYet, build
from audit.models import EvidencePack, EvidencePart, EvidenceProgress
from audit.refs import SYSTEM
from audit.rules import audit_rules_in_force
from opsconsole.lib.clock import database_now

LONGEST_WAIT = timedelta(days=7)  # for somebody to agree
LONGEST_MAKING = timedelta(hours=1)
IN_MEMORY = 8_000_000  # bytes; a larger file is written to disk meanwhile
DEAD_AFTER = "2 minutes"  # without a sign of life; then somebody else goes on


def make_what_waits() -> int:
    """Make every pack that waits for it, and return how many were made; one that somebody else is at is passed over."""
    waiting = (
        EvidencePack.objects.filter(state=State.MAKING).order_by("asked_at").values_list("pk", flat=True)
    )
    return sum(_make(pack_id) for pack_id in list(waiting) if _claim(pack_id))


def _claim(pack_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE audit_evidenceprogress SET beat_at = clock_timestamp() WHERE pack_id = %s
               AND (beat_at IS NULL OR beat_at < clock_timestamp() - %s::interval)""",
            [pack_id, DEAD_AFTER],
        )
        return bool(cursor.rowcount == 1)


def _make(pack_id: UUID) -> bool:
    pack = EvidencePack.objects.get(pk=pack_id)

    def tell(stage: str, percent: int) -> None:
        _note(pack_id, stage, percent)

    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        try:
            _guard_time(pack)
            made = build(pack, file, tell)
        except NotSealedYet:
            _note(pack_id, "Waits until its events are sealed", 5, at_work=False)
            return False
        except CannotMake as error:
            _fail(pack_id, error)
            return False
        _keep(pack_id, file, made)
    return True


def _guard_time(pack: EvidencePack) -> None:
    if database_now() - (pack.decided_at or pack.asked_at) > LONGEST_MAKING:
        raise CannotMake(
            "It could not be made within an hour. The integrity page and the logs of the worker say why.",
            "took_too_long",
        )


def _note(pack_id: UUID, stage: str, percent: int, *, at_work: bool = True) -> None:
    now = database_now()
    EvidenceProgress.objects.filter(pk=pack_id).update(
        stage=stage, percent=percent, updated_at=now, beat_at=now if at_work else None
    )


def _keep(pack_id: UUID, file: IO[bytes], made: Made) -> None:
    """Keep a file that was made; where somebody else was faster, theirs stays."""
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.state != State.MAKING:
            return
        number = 0
        while data := file.read(PIECE):
            EvidencePart.objects.create(pack=pack, number=number, data=data)
            number += 1
        now = database_now()
        pack.state, pack.events, pack.size, pack.digest = State.READY, made.events, made.size, made.digest
        pack.finished_at = now
        pack.expires_at = now + timedelta(days=audit_rules_in_force().evidence.keep_days)
        pack.save(update_fields=["state", "events", "size", "digest", "finished_at", "expires_at"])
        told = {"events": made.events, "values": made.values, "digest": made.digest, "size": made.size}
        tell_of("evidence.made", pack, actor=SYSTEM, authority="none", **told)


def _fail(pack_id: UUID, error: CannotMake) -> None:
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.state != State.MAKING:
            return
        pack.state, pack.failure, pack.finished_at = State.FAILED, error.sentence, database_now()
        pack.save(update_fields=["state", "failure", "finished_at"])
        tell_of(
            "evidence.failed",
            pack,
            actor=SYSTEM,
            authority="none",
            outcome="failed",
            outcome_code=error.code,
            cause=error.sentence,
        )


def remove_what_is_over() -> int:
    """Remove the files whose time is over, and let packs lapse that nobody decided on; return how many rows moved."""
    now = database_now()
    over = EvidencePack.objects.filter(state=State.READY, expires_at__lte=now)
    lapsed = EvidencePack.objects.filter(state=State.WAITING, asked_at__lte=now - LONGEST_WAIT)
    return sum(_remove(pack_id) for pack_id in list(over.values_list("pk", flat=True))) + sum(
        _lapse(pack_id) for pack_id in list(lapsed.values_list("pk", flat=True))
    )


def _remove(pack_id: UUID) -> bool:
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.state != State.READY or not pack.expires_at or not pack.finished_at:
            return False
        EvidencePart.objects.filter(pack=pack).delete()
        pack.state = State.EXPIRED
        pack.save(update_fields=["state"])
        days = (pack.expires_at - pack.finished_at).days
        tell_of("evidence.removed", pack, actor=SYSTEM, authority="none", days=days)
    return True


def _lapse(pack_id: UUID) -> bool:
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.state != State.WAITING:
            return False
        pack.state = State.LAPSED
        pack.save(update_fields=["state"])
        tell_of("evidence.lapsed", pack, actor=SYSTEM, authority="none", asker=pack.asked_by_label)
        tell_who_asked("evidence_lapsed", pack)
    return True

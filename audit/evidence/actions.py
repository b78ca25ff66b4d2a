"""The verbs of evidence packs: ask, agree or not, make, take away, remove."""

import tempfile
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction

from audit.actions.recording import record
from audit.evidence.archive import PIECE
from audit.evidence.building import CannotMake, Made, NotSealedYet, build
from audit.evidence.subjects import events_of, find_subject
from audit.evidence.words import period_of
from audit.models import EvidencePack, EvidencePart, EvidenceProgress
from audit.queries import read_limit
from audit.refs import SYSTEM, Staff
from audit.rules import audit_rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

State = EvidencePack.State
ACT = "evidence_export"
LONGEST_WAIT = timedelta(days=7)  # for somebody to agree
LONGEST_MAKING = timedelta(hours=1)
IN_MEMORY = 8_000_000  # bytes; a larger file is written to disk meanwhile
DEAD_AFTER = "2 minutes"  # without a sign of life; then somebody else goes on
VALUES = "values kept apart"


class MayNotExport(Refused):
    code = "may_not_export"


class SamePersonForPack(Refused):
    code = "same_person"


class PackHasMoved(Conflict):
    code = "pack_has_moved"


def ask_for_pack(
    *,
    actor: Staff,
    kind: str,
    text: str,
    since: datetime | None,
    until: datetime | None,
    reason: str,
    with_values: bool = False,
) -> EvidencePack:
    """Ask for a pack about what `text` names, and return it; one without private values is made at once.

    Raises `MayNotExport`, `StepUpNeeded`, `NothingThere`, `TooWide`, and `Invalid` for a reason that says nothing or too many events.
    """
    _guard_right(actor, with_values)
    guard_step_up(actor, ACT)
    rules, who = audit_rules_in_force().evidence, actor.as_actor()
    if len(reason.strip()) < rules.shortest_reason:
        raise Invalid(
            {"reason": f"Say in a sentence what it is for, in {rules.shortest_reason} characters or more."}
        )
    subject = find_subject(actor, kind, text)
    now = database_now()
    pack = EvidencePack(
        kind=subject.kind,
        subject=subject.key,
        about=subject.about,
        since=since,
        until=min(until, now) if until else now,
        reason=reason.strip(),
        with_values=with_values,
        refs=subject.refs,
        state=State.WAITING if with_values else State.MAKING,
        asked_by_id=who.id,
        asked_by_label=who.label,
        asked_at=now,
    )
    _guard_size(actor, pack, rules.most_events)
    with transaction.atomic(durable=True):
        pack.save(force_insert=True)
        EvidenceProgress.objects.create(pack=pack, stage="Waits for its turn", updated_at=now)
        extra = VALUES if with_values else ""
        _tell("evidence.asked", pack, actor=who, period=period_of(pack), extra=extra, reason=pack.reason)
    return pack


def _tell(name: str, pack: EvidencePack, **words: Any) -> None:
    record(name, obj=pack.as_ref(), **pack.place(), **words)


def _guard_right(actor: Staff, with_values: bool) -> None:
    if not actor.has_perm("console.export"):
        raise MayNotExport("You may not export evidence.", scope="export")
    if with_values and not actor.has_perm("console.disclose"):
        raise MayNotExport("You may not see values that are kept apart from the log.", scope="disclose")


def _guard_size(actor: Staff, pack: EvidencePack, most: int) -> None:
    with read_limit():
        count = events_of(actor, pack).order_by()[: most + 1].count()
    if count > most:
        raise Invalid({"since": f"This covers more than {most} events. Take a shorter time, in two packs."})


def approve_pack(*, actor: Staff, pack_id: UUID, comment: str = "") -> EvidencePack:
    """Agree, as somebody else, that a pack with private values is made. Raises `MayNotExport`, `SamePersonForPack`, `PackHasMoved`."""
    return _decide(actor, pack_id, State.MAKING, comment)


def deny_pack(*, actor: Staff, pack_id: UUID, comment: str) -> EvidencePack:
    """Say no to a pack, and why. Raises as `approve_pack` does, and `Invalid` without a word."""
    if not comment.strip():
        raise Invalid({"comment": "Say why not, or what is missing."})
    return _decide(actor, pack_id, State.DENIED, comment)


def _decide(actor: Staff, pack_id: UUID, state: EvidencePack.State, comment: str) -> EvidencePack:
    _guard_right(actor, with_values=False)
    guard_step_up(actor, ACT)
    who = actor.as_actor()
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.asked_by_id == who.id:
            raise SamePersonForPack("Somebody other than the person who asked agrees to it.")
        _guard_state(pack, State.WAITING)
        pack.state, pack.comment = state, comment.strip()
        pack.decided_by_id, pack.decided_by_label, pack.decided_at = who.id, who.label, database_now()
        pack.save(update_fields=["state", "comment", "decided_by_id", "decided_by_label", "decided_at"])
        name = "evidence.approved" if state == State.MAKING else "evidence.denied"
        _tell(name, pack, actor=who, asker=pack.asked_by_label, comment=pack.comment)
    return pack


def _guard_state(pack: EvidencePack, *states: EvidencePack.State) -> None:
    if pack.state not in states:
        raise PackHasMoved(f"This pack has moved on: {pack.get_state_display().lower()}.", state=pack.state)


def take_pack(*, actor: Staff, pack: EvidencePack) -> EvidencePack:
    """Write that somebody takes the file away, before it is handed out, and return the pack as it stands.

    Whether it may still be taken is decided by the database's clock. Raises `MayNotExport`, `StepUpNeeded`, `PackHasMoved`.
    """
    _guard_right(actor, pack.with_values)
    guard_step_up(actor, ACT)
    with transaction.atomic(durable=True):
        row = EvidencePack.objects.select_for_update().get(pk=pack.pk)
        _guard_state(row, State.READY)
        if row.expires_at and row.expires_at <= database_now():
            raise PackHasMoved("The time of this file is over. Ask for a new pack.", state=State.EXPIRED)
        _tell("evidence.downloaded", row, actor=actor.as_actor(), digest=row.digest)
    return row


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
        _tell("evidence.made", pack, actor=SYSTEM, authority="none", **told)


def _fail(pack_id: UUID, error: CannotMake) -> None:
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.state != State.MAKING:
            return
        pack.state, pack.failure, pack.finished_at = State.FAILED, error.sentence, database_now()
        pack.save(update_fields=["state", "failure", "finished_at"])
        _tell(
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
        _tell("evidence.removed", pack, actor=SYSTEM, authority="none", days=days)
    return True


def _lapse(pack_id: UUID) -> bool:
    with transaction.atomic(durable=True):
        pack = EvidencePack.objects.select_for_update().get(pk=pack_id)
        if pack.state != State.WAITING:
            return False
        pack.state = State.LAPSED
        pack.save(update_fields=["state"])
        _tell("evidence.lapsed", pack, actor=SYSTEM, authority="none", asker=pack.asked_by_label)
    return True

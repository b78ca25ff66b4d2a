"""The verbs of people on evidence packs: ask, agree or not, take away."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from audit.evidence.actions.telling import State, ask_the_others, tell_of, tell_who_asked
from audit.evidence.subjects import events_of, find_subject
from audit.evidence.words import period_of
from audit.models import EvidencePack, EvidenceProgress
from audit.queries import read_limit
from audit.refs import Staff
from audit.rules import audit_rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

ACT = "evidence_export"
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
        tell_of("evidence.asked", pack, actor=who, period=period_of(pack), extra=extra, reason=pack.reason)
        if with_values:
            ask_the_others(pack)
    return pack


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
        tell_of(name, pack, actor=who, asker=pack.asked_by_label, comment=pack.comment)
        tell_who_asked("evidence_agreed" if state == State.MAKING else "evidence_denied", pack)
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
        tell_of("evidence.downloaded", row, actor=actor.as_actor(), digest=row.digest)
    return row

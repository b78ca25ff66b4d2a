"""The verbs of people on legal holds: one places it, another lifts it (NIST AC-5, AU-11)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions.recording import record
from audit.evidence.subjects import find_subject
from audit.models import LegalHold
from audit.refs import Staff
from audit.retention.queries import lock_retention
from audit.retention.words import period_of
from audit.rules import audit_rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

ACT = "legal_hold"


class MayNotHold(Refused):
    code = "may_not_hold"


class SamePersonForHold(Refused):
    code = "same_person"


class HoldIsLifted(Conflict):
    code = "hold_is_lifted"


def place_hold(
    *,
    actor: Staff,
    kind: str,
    text: str,
    since: datetime | None,
    until: datetime | None,
    ticket: str,
    reason: str,
) -> LegalHold:
    """Place a legal hold on what `text` names, or on a time, and return it: from now on nothing it covers is erased or archived.

    Raises `MayNotHold`, `StepUpNeeded`, `NothingThere`, `TooWide`, and `Invalid` for a reason or ticket that says nothing.
    """
    _guard(actor)
    _guard_words(ticket, reason)
    subject, who = find_subject(actor, kind, text), actor.as_actor()
    with transaction.atomic(durable=True):
        lock_retention()
        hold = LegalHold(
            kind=subject.kind,
            subject=subject.key,
            about=subject.about,
            since=since,
            until=until,
            ticket=ticket.strip(),
            reason=reason.strip(),
            refs=subject.refs,
            placed_by_id=who.id,
            placed_by_label=who.label,
            placed_at=database_now(),
        )
        hold.save(force_insert=True)
        _tell("hold.placed", hold, actor=who, period=period_of(hold), reason=hold.reason)
    return hold


def lift_hold(*, actor: Staff, hold_id: UUID, reason: str) -> LegalHold:
    """Lift a hold that somebody else placed, and return it.

    Raises `MayNotHold`, `StepUpNeeded`, `SamePersonForHold`, `HoldIsLifted`, `Invalid`.
    """
    _guard(actor)
    who = actor.as_actor()
    with transaction.atomic(durable=True):
        hold = LegalHold.objects.select_for_update().get(pk=hold_id)
        if hold.lifted_at is not None:
            raise HoldIsLifted(f"{hold.lifted_by_label} lifted this hold already.", state="lifted")
        if hold.placed_by_id == who.id:
            raise SamePersonForHold("Somebody other than the person who placed a hold lifts it.")
        _guard_words(hold.ticket, reason)
        hold.lifted_by_id, hold.lifted_by_label, hold.lifted_at = who.id, who.label, database_now()
        hold.lift_reason = reason.strip()
        hold.save(update_fields=["lifted_by_id", "lifted_by_label", "lifted_at", "lift_reason"])
        _tell("hold.lifted", hold, actor=who, placer=hold.placed_by_label, reason=hold.lift_reason)
    return hold


def _tell(name: str, hold: LegalHold, **words: Any) -> None:
    record(name, obj=hold.as_ref(), **hold.place(), **words)


def _guard(actor: Staff) -> None:
    if not actor.has_perm("console.hold"):
        raise MayNotHold("You may not place or lift legal holds.", scope="hold")
    guard_step_up(actor, ACT)


def _guard_words(ticket: str, reason: str) -> None:
    shortest = audit_rules_in_force().evidence.shortest_reason
    if not ticket.strip():
        raise Invalid({"ticket": "Write the ticket or file number of the matter."})
    if len(reason.strip()) < shortest:
        raise Invalid({"reason": f"Say in a sentence why, in {shortest} characters or more."})

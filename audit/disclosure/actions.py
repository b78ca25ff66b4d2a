"""The verbs on values kept apart: show one, erase one or all of a person, erase what is old (NIST AU-3(3), SI-12)."""

from typing import Any

from django.db import connection, transaction

from audit.actions.recording import record
from audit.disclosure.queries import Kept, words_of_name
from audit.models import Event
from audit.refs import SYSTEM, Ref, Staff
from audit.retention.queries import lock_retention, tickets_holding
from audit.retention.rules import retention_in_force
from audit.rules import audit_rules_in_force
from audit.seal.store import rows_of
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

ACT = "evidence_export"
BATCH = 5_000  # values erased in one transaction


class MayNotDisclose(Refused):
    code = "may_not_disclose"


class ValueIsErased(Conflict):
    code = "value_is_erased"


class ValueIsHeld(Conflict):
    code = "value_is_held"


def disclose_value(*, actor: Staff, event: Event, name: str, reason: str) -> Kept:
    """Return one value with what proves it; the event about it is committed first.

    Raises `MayNotDisclose`, `StepUpNeeded`, `Invalid` without a reason, `ValueIsErased`.
    """
    _guard(actor)
    _guard_reason(reason)
    with transaction.atomic(durable=True):
        rows = rows_of(
            "SELECT event_id, name, disclosure FROM audit_private_value WHERE event_id = %s AND name = %s",
            [event.id, name],
        )
        if not rows:
            raise ValueIsErased("This value is not kept any more.", state="erased")
        record(
            "value.disclosed",
            actor=actor.as_actor(),
            obj=_ref(event),
            value=words_of_name(name),
            reason=reason.strip(),
        )
    return Kept(*rows[0])


def erase_value(*, actor: Staff, event: Event, name: str, request: str, reason: str) -> None:
    """Erase one value for good, on the request of the person it is about; the event and every proof stay as they are.

    `request` is the number under which they asked. Raises `MayNotDisclose`, `StepUpNeeded`, `Invalid`, `ValueIsErased`, and
    `ValueIsHeld` while a legal hold stands on it.
    """
    _guard(actor)
    _guard_request(request)
    _guard_reason(reason)
    with transaction.atomic(durable=True):
        one = ("event_id = %s AND name = %s", [event.id, name])
        _guard_hold(*one)
        if not _delete(*one):
            raise ValueIsErased("This value is not kept any more.", state="erased")
        record(
            "value.erased",
            actor=actor.as_actor(),
            obj=_ref(event),
            value=words_of_name(name),
            request=request.strip(),
            reason=reason.strip(),
        )


def erase_all_about(*, actor: Staff, event: Event, request: str, reason: str) -> int:
    """Erase every value of all events about the same person as an event, and return how many that were.

    Raises `MayNotDisclose`, `StepUpNeeded`, `Invalid` also where the event is about no person, `ValueIsErased` where nothing is kept,
    `ValueIsHeld` while a legal hold stands on one of them.
    """
    _guard(actor)
    _guard_request(request)
    _guard_reason(reason)
    if event.object_type != "person":
        raise Invalid({"everywhere": "This event is about no person. Erase its own values one by one."})
    with transaction.atomic(durable=True):
        about = "SELECT id FROM audit_event WHERE object_type = 'person' AND object_id = %s AND commitments <> '{}'"
        every = (f"event_id IN ({about})", [event.object_id])
        _guard_hold(*every)
        count = _delete(*every)
        if not count:
            raise ValueIsErased("Nothing is kept about this person any more.", state="erased")
        record(
            "value.all_erased",
            actor=actor.as_actor(),
            obj=Ref("person", event.object_id, event.object_label),
            count=count,
            request=request.strip(),
            reason=reason.strip(),
        )
    return count


def erase_old_values() -> int:
    """Erase what was kept for longer than the policy gives its class, save what is held, and return how many values that were."""
    rules = retention_in_force()
    named = rows_of("SELECT DISTINCT retention FROM audit_private_value ORDER BY 1")
    return sum(_erase_class(name, rules.values_of(name)) for (name,) in named)


def _erase_class(name: str, months: int) -> int:
    total = 0
    old = """SELECT v.event_id, v.name FROM audit_private_value v
             WHERE v.retention = %s AND v.at < clock_timestamp() - make_interval(months => %s)
               AND NOT EXISTS (SELECT 1 FROM audit_held() h WHERE h.event_id = v.event_id) LIMIT %s"""
    while True:
        with transaction.atomic(durable=True):
            lock_retention()
            count = _delete(f"(event_id, name) IN ({old})", [name, months, BATCH])
            if count:
                record(
                    "value.expired",
                    actor=SYSTEM,
                    authority="none",
                    count=count,
                    months=months,
                    retention=name,
                )
        total += count
        if count < BATCH:
            return total


def _guard_hold(where: str, params: list[Any]) -> None:
    """Raise `ValueIsHeld` where a legal hold stands on one of the values, and keep any from being placed until the end."""
    lock_retention()
    kept = f"h.event_id IN (SELECT event_id FROM audit_private_value WHERE {where})"  # noqa: S608 - conditions of this module
    tickets = tickets_holding(kept, params)
    if tickets:
        raise ValueIsHeld(
            f"A legal hold stands on it, under {', '.join(tickets)}. Nothing it covers is erased until it is lifted.",
            state="held",
        )


def _delete(where: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM audit_private_value WHERE {where}", params)  # noqa: S608 - conditions of this module
        return int(cursor.rowcount)


def _ref(event: Event) -> Ref:
    return Ref("event", str(event.id), event.type)


def _guard(actor: Staff) -> None:
    if not actor.has_perm("console.disclose"):
        raise MayNotDisclose("You may not see values that are kept apart from the log.", scope="disclose")
    guard_step_up(actor, ACT)


def _guard_reason(reason: str) -> None:
    shortest = audit_rules_in_force().evidence.shortest_reason
    if len(reason.strip()) < shortest:
        raise Invalid({"reason": f"Say in a sentence what it is for, in {shortest} characters or more."})


def _guard_request(request: str) -> None:
    if not request.strip():
        raise Invalid({"request": "Write the number under which the person asked for it."})

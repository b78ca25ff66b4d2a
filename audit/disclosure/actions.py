"""The verbs on values kept apart: show one, erase one or all of a person, erase what is old (NIST AU-3(3), SI-12)."""

from typing import Any

from django.db import connection, transaction

from audit.actions.recording import record
from audit.disclosure.queries import Kept, words_of_name
from audit.models import Event
from audit.refs import SYSTEM, Ref, Staff
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

    `request` is the number under which they asked. Raises `MayNotDisclose`, `StepUpNeeded`, `Invalid`, `ValueIsErased`.
    """
    _guard(actor)
    _guard_request(request)
    _guard_reason(reason)
    with transaction.atomic(durable=True):
        if not _delete("event_id = %s AND name = %s", [event.id, name]):
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

    Raises `MayNotDisclose`, `StepUpNeeded`, `Invalid` also where the event is about no person, `ValueIsErased` where nothing is kept.
    """
    _guard(actor)
    _guard_request(request)
    _guard_reason(reason)
    if event.object_type != "person":
        raise Invalid({"everywhere": "This event is about no person. Erase its own values one by one."})
    with transaction.atomic(durable=True):
        about = "SELECT id FROM audit_event WHERE object_type = 'person' AND object_id = %s AND commitments <> '{}'"
        count = _delete(f"event_id IN ({about})", [event.object_id])
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
    """Erase what was kept for longer than the policy says, and return how many values that were."""
    days, total = audit_rules_in_force().private.keep_days, 0
    while True:
        with transaction.atomic(durable=True):
            old = "SELECT event_id, name FROM audit_private_value WHERE at < clock_timestamp() - make_interval(days => %s) LIMIT %s"
            count = _delete(f"(event_id, name) IN ({old})", [days, BATCH])
            if count:
                record("value.expired", actor=SYSTEM, authority="none", count=count, days=days)
        total += count
        if count < BATCH:
            return total


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

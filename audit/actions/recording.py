"""The verbs of the log: write one event, propose a policy, activate it."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any

from django.db import connection, transaction

from audit.context import current, current_request_id, current_surface
from audit.models import Event, PolicyVersion
from audit.policies import active_policy, forget_active_policy
from audit.refs import Actor, Ref, Staff, TenantRef, Trail
from audit.registry import EventType, event_type
from opsconsole.lib import bundle as bundles
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Refused

LONGEST_LABEL = 300  # characters; a label is a name, not a document
MOST_ITEMS = 50  # of a list; one event stays well below the 65,535 bytes of a leaf of the sealed log
FieldValue = str | int | bool | list[str] | None
_held: ContextVar[list[dict[str, Any]] | None] = ContextVar("audit_held", default=None)


@contextmanager
def sent_together() -> Iterator[None]:
    """Hold back what `record` writes in a block and send it in one round trip at its end; for sweeps over many rows."""
    rows: list[dict[str, Any]] = []
    token = _held.set(rows)
    try:
        yield
    finally:
        _held.reset(token)
    _insert(rows)


def record(
    name: str,
    *,
    actor: Actor,
    tenant: TenantRef | None = None,
    obj: Ref | None = None,
    subject: Ref | None = None,
    trail: Trail = Trail(),
    authority: str = "role",
    outcome: str = "ok",
    outcome_code: str = "",
    approval_state: str = "",
    reason_class: str = "",
    changes: list[dict[str, Any]] | None = None,
    **fields: FieldValue,
) -> uuid.UUID:
    """Write one event in the running transaction and return its id.

    `authority` is role, grant, object right, break-glass or none; `outcome` is ok, refused or failed. `changes` holds
    `{"field", "old", "new"}` and only values that are safe to keep for ever. Raises `LookupError` for an undeclared type and `ValueError`
    for an undeclared field. NIST SP 800-53 AU-3, AU-12.
    """
    kind = event_type(name)
    undeclared = set(fields) - set(kind.fields)
    if undeclared:
        raise ValueError(f"{name} does not declare {', '.join(sorted(undeclared))}")
    row: dict[str, Any] = {
        "id": uuid.uuid4(),
        "type": kind.name,
        "type_version": kind.version,
        "sentence": _sentence(
            kind, fields, actor=actor, tenant=tenant, obj=obj, subject=subject, trail=trail
        ),
        "surface": current_surface(),
        "authority": authority,
        "policy_version": active_policy().version,
        "approval_state": _label(approval_state),
        "reason_class": _label(reason_class),
        "changes": json.dumps(_clean(changes or [])),
        "fields": json.dumps(_clean(fields)),
        "outcome": outcome,
        "outcome_code": _label(outcome_code),
        "http_request_id": current_request_id(),
        **_who(actor, subject),
        **_what(tenant, obj),
        **asdict(trail),
        "ticket": _label(trail.ticket),
    }
    context = current()
    if context is not None and context.seeded_at is not None:
        row |= {"at": context.seeded_at, "seeded": True}
    held = _held.get()
    if held is None:
        _insert([row])
    else:
        held.append(row)
    return uuid.UUID(str(row["id"]))


def _insert(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = ", ".join(rows[0])
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO audit_event ({columns}) VALUES ({marks})",  # noqa: S608
            [list(row.values()) for row in rows],
        )


def _who(actor: Actor, subject: Ref | None) -> dict[str, str]:
    return {
        "actor_kind": actor.kind,
        "actor_id": _label(actor.id),
        "actor_label": _label(actor.label),
        "subject_id": _label(subject.id) if subject else "",
        "subject_label": _label(subject.label) if subject else "",
    }


def _what(tenant: TenantRef | None, obj: Ref | None) -> dict[str, str]:
    return {
        "tenant_id": _label(tenant.id) if tenant else "",
        "tenant_label": _label(tenant.label) if tenant else "",
        "tenant_environment": tenant.environment if tenant else "",
        "tenant_region": tenant.region if tenant else "",
        "object_type": obj.type if obj else "",
        "object_id": _label(obj.id) if obj else "",
        "object_label": _label(obj.label) if obj else "",
    }


def _sentence(
    kind: EventType,
    fields: dict[str, FieldValue],
    *,
    actor: Actor,
    tenant: TenantRef | None,
    obj: Ref | None,
    subject: Ref | None,
    trail: Trail,
) -> str:
    values = {key: _words(value) for key, value in fields.items()}
    values |= {
        "actor": _label(actor.label),
        "tenant": _label(tenant.label) if tenant else "",
        "object": _label(obj.label) if obj else "",
        "subject": _label(subject.label) if subject else "",
        "ticket": _label(trail.ticket),
    }
    return kind.tell(values)


def _words(value: FieldValue) -> str:
    if isinstance(value, list):
        return ", ".join(_label(item) for item in value[:MOST_ITEMS])
    return _label("" if value is None else str(value))


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {_label(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value[:MOST_ITEMS]]
    return _label(value) if isinstance(value, str) else value


def _label(text: str) -> str:
    """Return text that PostgreSQL stores and a page shows: no NUL, no lone surrogate, no endless name."""
    safe = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return safe if len(safe) <= LONGEST_LABEL else safe[: LONGEST_LABEL - 1] + "…"


class NotAllowedForPolicy(Refused):
    code = "policy_not_allowed"


class PolicyHasMistakes(Refused):
    code = "policy_has_mistakes"


class SamePersonTwice(Refused):
    code = "policy_same_person"


class PolicyNotProposed(Conflict):
    code = "policy_not_proposed"


def propose_policy(*, actor: Staff, bundle: bundles.Bundle) -> PolicyVersion:
    """Store a bundle as a proposal and return it; proposing the same bundle again returns the version that stands.

    Raises `NotAllowedForPolicy` without the right to propose, `PolicyHasMistakes` for a bundle that `policy check` does not pass.
    """
    if not actor.has_perm("console.propose_policy"):
        raise NotAllowedForPolicy("You may not propose a policy.", scope="propose_policy")
    return _store_proposal(actor.as_actor(), bundle)


def _store_proposal(who: Actor, bundle: bundles.Bundle) -> PolicyVersion:
    mistakes = bundles.check(bundle)
    if mistakes:
        raise PolicyHasMistakes(f"The policy has {len(mistakes)} mistakes. The first: {mistakes[0]}")
    with transaction.atomic(durable=True):
        version, made = PolicyVersion.objects.get_or_create(
            version=bundle.digest,
            defaults={
                "files": dict(bundle.files),
                "proposed_by_id": who.id,
                "proposed_by_label": who.label,
                "proposed_at": database_now(),
            },
        )
        if made:
            record("policy.proposed", actor=who, obj=Ref("policy", version.version, str(version)))
    return version


def activate_policy(*, actor: Staff, version: str) -> PolicyVersion:
    """Put a proposed or earlier version in force and return it; roll-back is an activation of an earlier version.

    Raises `NotAllowedForPolicy`, `SamePersonTwice` where the proposer activates (NIST AC-5), `PolicyNotProposed` for a
    version that is active or unknown.
    """
    if not actor.has_perm("console.activate_policy"):
        raise NotAllowedForPolicy("You may not activate a policy.", scope="activate_policy")
    return _put_in_force(actor.as_actor(), version)


def _put_in_force(who: Actor, version: str) -> PolicyVersion:
    with transaction.atomic(durable=True):
        rows = {row.version: row for row in PolicyVersion.objects.select_for_update().order_by("version")}
        chosen = rows.get(version)
        if chosen is None or chosen.state == PolicyVersion.State.ACTIVE:
            raise PolicyNotProposed(
                "This version is not waiting for activation.", state=chosen.state if chosen else "unknown"
            )
        if chosen.proposed_by_id == who.id:
            raise SamePersonTwice("A policy is activated by somebody other than the person who proposed it.")
        PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).update(
            state=PolicyVersion.State.REPLACED
        )
        chosen.state = PolicyVersion.State.ACTIVE
        chosen.activated_by_id, chosen.activated_by_label = who.id, who.label
        chosen.activated_at = database_now()
        chosen.save(update_fields=["state", "activated_by_id", "activated_by_label", "activated_at"])
        forget_active_policy()
        record("policy.activated", actor=who, obj=Ref("policy", chosen.version, str(chosen)))
    return chosen


def install_first_policy(*, proposer: Actor, activator: Actor, bundle: bundles.Bundle) -> PolicyVersion:
    """Put a bundle in force where the people's rights cannot be asked yet, because the policy that gives them is this one.

    For the owner role at installation, and for a demo whose bundle changed. Returns the active version. Raises `SamePersonTwice` and
    `PolicyHasMistakes` as the two verbs do.
    """
    version = _store_proposal(proposer, bundle)
    if version.state == PolicyVersion.State.ACTIVE:
        return version
    return _put_in_force(activator, version.version)


def note_search(*, actor: Actor, filters: list[str]) -> None:
    """Write that somebody searches the log, before it is read. The names of the filters stand on the event, what was typed does not."""
    with transaction.atomic(durable=True):
        record("log.searched", actor=actor, filters=filters)


def note_event_opened(*, actor: Actor, event: Event) -> None:
    """Write that somebody opens one event, before it is shown."""
    with transaction.atomic(durable=True):
        record("log.event_opened", actor=actor, obj=Ref("event", str(event.id), event.type))

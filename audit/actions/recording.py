"""Writing one event."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from audit.context import Context, current, current_request_id, current_surface
from audit.policies import active_policy
from audit.refs import Actor, Ref, TenantRef, Trail
from audit.registry import EventType, event_type, words_of
from audit.seal.disclosure import disclosure_digest, new_disclosure
from opsconsole.lib.detectors import scrub

LONGEST_READ = 4_000  # characters looked at; what follows would be cut anyway
LONGEST_LABEL = 300  # characters; a label is a name, not a document
AS_JSON = frozenset({"changes", "fields", "commitments"})
MAY_BE_EMPTY = frozenset(
    {
        "actor_id", "subject_id", "subject_label", "tenant_id", "tenant_label", "tenant_environment", "tenant_region", "object_type",
        "object_id", "object_label", "case_id", "ticket", "request_id", "grant_id", "session_id", "policy_version", "approval_state",
        "reason_class", "outcome_code", "http_request_id", *AS_JSON,
    }
)  # fmt: skip
"""Columns whose default is the empty value: where a row has that, it is not sent; that is about half of a row."""

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
    private: dict[str, str] | None = None,
    **fields: FieldValue,
) -> uuid.UUID:
    """Write one event in the running transaction and return its id.

    `authority` is role, grant, object right, break-glass or none; `outcome` is ok, refused or failed. `changes` holds
    `{"field", "old", "new"}` and only values that are safe to keep for ever; what is personal goes to `private`: the event then holds a
    salted commitment, value and salt stand apart and can be erased. Raises `LookupError` for an undeclared type and `ValueError`
    for an undeclared field. NIST SP 800-53 AU-3, AU-12.
    """
    kind, context = event_type(name), current()
    undeclared = (set(fields) - set(kind.fields)) | (set(private or {}) - set(kind.private))
    if undeclared:
        raise ValueError(f"{name} does not declare {', '.join(sorted(undeclared))}")
    event_id = uuid.uuid4()
    row: dict[str, Any] = {
        "id": event_id,
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
        "changes": _clean(changes or []),
        "fields": _clean({**(context.marks if context else {}), **fields}),
        "commitments": _keep_apart(event_id, kind.retention, private or {}),
        "outcome": outcome,
        "outcome_code": _label(outcome_code),
        "http_request_id": current_request_id(),
        **_who(actor, subject),
        **_what(tenant, obj),
        **vars(trail),
        "ticket": _label(trail.ticket),
        "session_id": trail.session_id or _session_at_work(context, tenant),
    }
    if context is not None and context.seeded_at is not None:
        row |= {"at": context.seeded_at, "seeded": True}
    held = _held.get()
    if held is None:
        _insert([row])
    else:
        held.append(row)
    return event_id


def _session_at_work(context: Context | None, tenant: TenantRef | None) -> uuid.UUID | None:
    """Return the support session that this unit of work is part of, for what it does with that session's tenant."""
    if context is None or context.session is None or tenant is None:
        return None
    session_id, tenant_id = context.session
    return session_id if tenant.id == tenant_id else None


def _insert(rows: list[dict[str, Any]]) -> None:
    """Write rows in one statement: as values where there is one, as one document that PostgreSQL takes apart where there are many."""
    if not rows:
        return
    columns = ", ".join(rows[0])
    if len(rows) == 1:
        told = {name: value for name, value in rows[0].items() if value or name not in MAY_BE_EMPTY}
        columns, source = ", ".join(told), f"VALUES ({', '.join(['%s'] * len(told))})"
        values = [json.dumps(value) if name in AS_JSON else value for name, value in told.items()]
    else:
        source = f"SELECT {columns} FROM json_populate_recordset(NULL::audit_event, %s)"  # noqa: S608 - as below
        values = [json.dumps(rows, default=str)]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO audit_event ({columns}) {source}", values)


def _keep_apart(event_id: uuid.UUID, retention: str, private: dict[str, str]) -> dict[str, str]:
    """Store private values beside the log and return their commitments."""
    kept = {name: new_disclosure(name, _label(value)) for name, value in private.items()}
    if kept:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO audit_private_value (event_id, name, disclosure, retention) VALUES (%s, %s, %s, %s)",
                [[event_id, name, disclosure, retention] for name, disclosure in kept.items()],
            )
    return {name: disclosure_digest(disclosure) for name, disclosure in kept.items()}


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
    values = {key: _words(value, words_of.get(key, str)) for key, value in fields.items()}
    values |= {
        "actor": _label(actor.label),
        "tenant": _label(tenant.label) if tenant else "",
        "object": _label(obj.label) if obj else "",
        "subject": _label(subject.label) if subject else "",
        "ticket": _label(trail.ticket),
    }
    return kind.tell(values)


def _words(value: FieldValue, say: Callable[[str], str]) -> str:
    if isinstance(value, list):
        return ", ".join(_label(say(item)) for item in value[:MOST_ITEMS])
    return _label("" if value is None else say(str(value)))


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {_label(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value[:MOST_ITEMS]]
    return _label(value) if isinstance(value, str) else value


def _label(text: str) -> str:
    """Return text that PostgreSQL stores and a page shows for ever: no NUL, no lone surrogate, no endless name, no typed secret."""
    if not text:
        return ""
    safe = text[:LONGEST_READ].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    safe = scrub(safe)
    return safe if len(safe) <= LONGEST_LABEL else safe[: LONGEST_LABEL - 1] + "…"

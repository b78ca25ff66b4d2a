"""One entry of the log as one line of JSON, in the names of OCSF 1.3 that docs/events.md gives; docs/streams.md shows one.

A line holds what the event's page shows and no more: labels as they were masked when the event was written, and of values kept apart
their commitments only. It is made from what was sealed, so the same entry gives the same line whenever it is sent.
"""

import json
from datetime import UTC
from typing import Any

from audit.streams.entries import Entry

OCSF = "1.3.0"
OTHER = 99
"""OCSF's number for an activity that the class does not list; the base event lists none."""

STATUS = {"ok": (1, "Success"), "refused": (2, "Failure"), "failed": (2, "Failure")}
SEVERITY = {"ok": (1, "Informational"), "refused": (2, "Low"), "failed": (3, "Medium")}
CRITICAL = (5, "Critical")
GONE = "The event of this entry is not in the table any more: it was archived or removed"
CHANGED = "The event of this entry was changed after it was sealed, and is not handed out"
OPENED = "The log begins here"

BESIDE = (
    "case_id", "request_id", "grant_id", "ticket", "reason_class", "outcome", "type_version", "changes", "fields", "commitments",
)  # fmt: skip
WHOLE = frozenset({"fields", "changes", "opening"})

Shape = dict[str, Any]


def line_of(entry: Entry) -> bytes:
    """Return an entry as one line with its end. ASCII, so that no character in a label ends a line or turns its direction."""
    shape = {
        "position": entry.place.position,
        "log": entry.place.log,
        "leaf": entry.leaf.hex(),
        **_kept(_shape(entry)),
    }
    return json.dumps(shape, separators=(",", ":")).encode() + b"\n"


def _shape(entry: Entry) -> Shape:
    if entry.sealed is None:
        return _notice(entry, GONE if not entry.is_there else CHANGED)
    if not entry.event_id:
        return _base("log.opened", OPENED, (1, "Informational"), entry) | {
            "unmapped": {"opening": entry.sealed}
        }
    return _event(entry, entry.sealed)


def _notice(entry: Entry, words: str) -> Shape:
    severity = SEVERITY["failed"] if words == GONE else CRITICAL
    return _base("log.entry_without_event", words, severity, entry)


def _base(kind: str, message: str, severity: tuple[int, str], entry: Entry) -> Shape:
    """Return what OCSF asks of every event, as far as it does not hang on what happened."""
    return {
        "category_uid": 0,
        "class_uid": 0,
        "activity_id": OTHER,
        "activity_name": kind,
        "type_uid": OTHER,
        "severity_id": severity[0],
        "severity": severity[1],
        "message": message,
        "time": round(entry.at.timestamp() * 1000),
        "time_dt": entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "metadata": {
            "version": OCSF,
            "uid": entry.event_id,
            "log_name": entry.origin,
            "product": {"name": "opsconsole", "vendor_name": "opsconsole"},
        },
    }


def _event(entry: Entry, of: Shape) -> Shape:
    shape = _base(of["type"], of["sentence"], SEVERITY[of["outcome"]], entry)
    status_id, status = STATUS[of["outcome"]]
    shape["metadata"] |= {
        "event_code": of["type"],
        "sequence": of["seq"],
        "correlation_uid": of["request_id"] or of["grant_id"] or of["case_id"],
        "loggers": [{"name": of["db_user"]}],
    }
    shape["metadata"]["product"]["feature"] = {"name": of["surface"]}
    return (
        shape
        | {"status_id": status_id, "status": status}
        | {"status_code": of["outcome_code"], "status_detail": of["approval_state"]}
        | _who(of)
        | _what(of)
        | {"unmapped": _beside(of)}
    )


def _who(of: Shape) -> Shape:
    return {
        "actor": {"user": _user(of, "actor") | {"type": of["actor_kind"]}},
        "user": _user(of, "subject"),
        "authorizations": [{"decision": of["authority"]}],
        "session": {"uid": of["session_id"]},
        "policy": {"version": of["policy_version"]},
        "http_request": {"uid": of["http_request_id"]},
    }


def _what(of: Shape) -> Shape:
    return {
        "cloud": {
            "account": _user(of, "tenant"),
            "project_uid": of["tenant_environment"],
            "region": of["tenant_region"],
        },
        "resources": [_user(of, "object") | {"type": of["object_type"]}],
    }


def _beside(of: Shape) -> Shape:
    """Return what OCSF has no name for, under its own."""
    return {name: of[name] for name in BESIDE} | {"seeded": of["seeded"] or None}


def _user(of: Shape, prefix: str) -> Shape:
    return {"uid": of[f"{prefix}_id"], "name": of[f"{prefix}_label"]}


def _kept(value: Any) -> Any:
    """Return a shape without its empty parts; what stands below `unmapped` stays whole where it says something."""
    if isinstance(value, dict):
        kept = {name: part if name in WHOLE else _kept(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in ("", None, [], {})}
    if isinstance(value, list):
        return [part for part in (_kept(item) for item in value) if part not in ("", None, [], {})]
    return value

"""What of an event is sealed: every column, in the canonical form of RFC 8785."""

import json
from collections.abc import Sequence
from typing import Any

import rfc8785

LEAF_VERSION = 1
TEXTS = (
    "type", "sentence", "actor_kind", "actor_id", "actor_label", "subject_id", "subject_label", "tenant_id", "tenant_label",
    "tenant_environment", "tenant_region", "object_type", "object_id", "object_label", "surface", "authority", "ticket", "policy_version",
    "approval_state", "reason_class", "outcome", "outcome_code", "http_request_id", "db_user",
)  # fmt: skip
IDS = ("id", "case_id", "request_id", "grant_id", "session_id")
NUMBERS = ("seq", "type_version")
JSONS = ("changes", "fields", "commitments")
AT = """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
SELECT = ", ".join(
    [
        *(f"e.{name}" for name in (*TEXTS, *NUMBERS, "seeded")),
        *(f"e.{name}::text" for name in (*IDS, *JSONS, "xid")),
        AT,
    ]
)
"""The columns of `audit_event e` that `leaf_of` takes, in its order."""

_NAMES = (*TEXTS, *NUMBERS, "seeded", *IDS, *JSONS, "xid", "at")
_PLAIN: dict[str, Any] = {"[]": [], "{}": {}}


def leaf_of(row: Sequence[Any]) -> bytes:
    """Return the leaf of one row of `SELECT`."""
    event = dict(zip(_NAMES, row, strict=True))
    for name in JSONS:
        text = event[name]
        event[name] = _PLAIN[text] if text in _PLAIN else json.loads(text)
    event["v"] = LEAF_VERSION
    return canonical(event)


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form. Python's own JSON writer gives the same bytes, much faster, where there is no float and no unusual key."""
    if _is_plain(value):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return bytes(rfc8785.dumps(value))


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) < 2**53)

"""What of an event is sealed: every column, in the canonical form of RFC 8785."""

import json
import math
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from typing import Any

import rfc8785

LEAF_VERSION = 1
LARGEST_INTEGER = 2**53
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
ID, AT_TEXT = _NAMES.index("id"), _NAMES.index("at")


def _json(text: str) -> str:
    return text if text in {"[]", "{}"} else canonical(read_json(text)).decode()


def read_json(text: str) -> Any:
    """Return the value of a JSON text; a number that no IEEE double holds, which RFC 8785 knows nothing of, is read as text."""
    return json.loads(text, parse_int=_integer, parse_float=_float)


def _integer(digits: str) -> int | str:
    number = int(digits) if len(digits) < 20 else LARGEST_INTEGER
    return number if abs(number) < LARGEST_INTEGER else digits


def _float(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _id(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def _yes_or_no(value: bool) -> str:
    return "true" if value else "false"


def _writer(name: str) -> Callable[[Any], str]:
    if name in NUMBERS:
        return str
    if name in JSONS:
        return _json
    if name in IDS:
        return _id
    return _yes_or_no if name == "seeded" else encode_basestring


_VERSION = f'"v":{LEAF_VERSION}'
_ORDER = sorted((name, place, _writer(name)) for place, name in enumerate(_NAMES))
_PARTS = [(f'"{name}":', place, write) for name, place, write in _ORDER if name < "v"]
_LAST = [(f'"{name}":', place, write) for name, place, write in _ORDER if name > "v"]


def leaf_of(row: Sequence[Any]) -> bytes:
    """Return the leaf of one row of `SELECT`: written column by column in the order of RFC 8785, which is several times faster."""
    parts = [f"{key}{write(row[place])}" for key, place, write in _PARTS]
    last = [f"{key}{write(row[place])}" for key, place, write in _LAST]
    return f"{{{','.join([*parts, _VERSION, *last])}}}".encode()


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
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) < LARGEST_INTEGER)

"""Signed calls of other systems, in the form of Standard Webhooks: headers `webhook-id`, `webhook-timestamp`, `webhook-signature`.

How they are signed stands in `opsconsole.lib.webhooks`.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from opsconsole.lib.errors import Conflict, ConsoleError, Refused
from opsconsole.lib.webhooks import signature_of

LARGEST = 65_536  # bytes of a body
TOLERANCE = timedelta(minutes=5)  # either way, by the database's clock
MOST_A_MINUTE = 60  # signed calls
LONGEST_TEXT = 4000  # characters
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS = re.compile(r"\d{1,11}")


class WrongSignature(Refused):
    code = "wrong_signature"
    status = 401


class TooOld(Refused):
    code = "too_old"
    status = 401


class TooManyCalls(Refused):
    code = "too_many_calls"
    status = 429


class KeyUsedTwice(Conflict):
    code = "id_used_twice"


@dataclass(frozen=True)
class Answer:
    """What a call is answered. `fault` is what was wrong with a call that is answered for the first time."""

    status: int
    body: dict[str, Any]
    fault: ConsoleError | None = None


@dataclass(frozen=True)
class Call:
    """One call whose signature is right: its id, when it was signed, and its body."""

    key: str
    at: datetime
    body: bytes

    @property
    def digest(self) -> str:
        """Return SHA-256 of the body (hex)."""
        return hashlib.sha256(self.body).hexdigest()


def signed_call(headers: Mapping[str, str], body: bytes, secrets: Iterable[bytes]) -> Call | None:
    """Return the call where one of its signatures was made with one of the secrets, else None. Whether it is too old is not asked here."""
    key, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _KEY.fullmatch(key) or not _SECONDS.fullmatch(timestamp):
        return None
    given = headers.get("webhook-signature", "").encode("ascii", "replace").split(b" ")[:4]
    right = [signature_of(secret, key, timestamp, body).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in right for other in given):
        return None
    return Call(key, datetime.fromtimestamp(int(timestamp), UTC), body)


@dataclass(frozen=True)
class Fields:
    """The texts that a body may carry: a flat JSON object of strings. `longest` is in characters, `LONGEST_TEXT` for the others."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    longest: Mapping[str, int] = field(default_factory=dict)

    def read(self, body: bytes) -> tuple[dict[str, str], dict[str, str]]:
        """Return the texts of a body and one sentence for each field that is wrong; nothing is bent to fit."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return {}, {"body": "The body is no JSON."}
        if not isinstance(data, dict):
            return {}, {"body": "The body is no JSON object."}
        faults = {name: "This field is needed." for name in self.needed if not data.get(name)}
        texts = {}
        for name, value in data.items():
            most = self.longest.get(name, LONGEST_TEXT)
            if name not in self.needed + self.optional:
                faults[str(name)[:100]] = f"Unknown. Send {', '.join(self.needed + self.optional)}."
            elif not _is_text(value, most):
                faults[name] = f"Send text of at most {most} characters."
            elif value.strip():
                texts[name] = value.strip()
            elif name in self.needed:
                faults[name] = "This field is needed."
        return texts, faults


def _is_text(value: object, longest: int) -> bool:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


@dataclass
class Bucket:
    """How many wrong calls a minute this process answers with care; what is above costs no write and no question to the database."""

    size: int = 10
    _left: float = field(default=10.0, init=False)
    _at: float = field(default_factory=time.monotonic, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def take(self) -> bool:
        """Take one and tell whether there was one."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.size, self._left + (now - self._at) * self.size / 60)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True

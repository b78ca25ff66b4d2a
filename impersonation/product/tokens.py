"""Signed tokens between console and product, and everything that is asked of one before it is believed (RFC 7515, 7519, 8725).

Pure: keys, the expected values and the time come in. Both sides use it: `signed` makes one, `opened` reads one.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import jwt

from .keys import Key

ALGORITHM = "ES256"
SKEW = 30  # seconds that the two clocks may differ, either way
LONGEST_LIFE = 120  # seconds from `iat` to `exp`: these are handed over at once
LONGEST_TOKEN = 16_384  # characters
LONGEST_BATCH = 1_048_576  # characters of a token that carries a batch of reports
LONGEST_SESSION = 12 * 3600  # seconds; no policy allows more
LAST_MOMENT = 1e11  # seconds since 1970; no clock says more

SESSION = "impersonation+jwt"
CLIENT = "client-authentication+jwt"
NEWS = "session-news+jwt"
ACTION = "support-action+jwt"
EVENTS = "session-events+jwt"

Keys = Mapping[str, Any]
"""Key id -> public key, as `public_keys` makes it."""


class BadToken(Exception):
    """A token is not believed; `code` says what was wrong with it, in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Expected:
    """What a token has to say: its type, who made it, for whom. `now` is the reader's clock in seconds."""

    typ: str
    issuer: str
    audience: str
    now: float
    longest: int = LONGEST_TOKEN


def signed(key: Key, typ: str, claims: Mapping[str, Any]) -> str:
    """Return the claims as a JWS with the type and the key's id in its header."""
    return jwt.encode(dict(claims), key.private, ALGORITHM, headers={"typ": typ, "kid": key.kid})


def frame(issuer: str, audience: str, now: float, life: int = 60) -> dict[str, Any]:
    """Return the claims that every token carries: from whom, for whom, from when to when, and an id of its own."""
    made = int(now)
    return {"iss": issuer, "aud": audience, "iat": made, "exp": made + life, "jti": str(uuid.uuid4())}


def public_keys(key_set: Any) -> dict[str, Any]:
    """Return the usable keys of a JSON Web Key Set by id; what is no ES256 signing key is left out."""
    listed = key_set.get("keys", []) if isinstance(key_set, dict) else []
    found = {}
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict) or each.get("crv") != "P-256" or each.get("use", "sig") != "sig":
            continue
        try:
            found[str(each["kid"])] = jwt.PyJWK(each, ALGORITHM).key
        except (AttributeError, LookupError, TypeError, ValueError, jwt.PyJWTError):  # whatever stands in it
            continue
    return found


def key_id(token: str, longest: int = LONGEST_TOKEN) -> str:
    """Return the key id a token names, before anything of it is believed. Raises `BadToken`."""
    return str(_header(token, longest).get("kid", ""))


def opened(token: str, keys: Keys, expected: Expected) -> dict[str, Any]:
    """Return the claims of a token after its header, signature, issuer, audience and times held. Raises `BadToken`."""
    header = _header(token, expected.longest)
    if header.get("alg") != ALGORITHM:
        raise BadToken("alg")
    if header.get("typ") != expected.typ:
        raise BadToken("typ")
    if set(header) - {"alg", "typ", "kid"}:
        raise BadToken("header")
    if header.get("kid") not in keys:
        raise BadToken("kid")
    claims = _claims(token, keys[header["kid"]])
    if claims.get("iss") != expected.issuer:
        raise BadToken("iss")
    if claims.get("aud") != expected.audience:
        raise BadToken("aud")
    _in_time(claims, expected.now)
    if not _is_text(claims.get("jti"), 16):
        raise BadToken("jti")
    return claims


def opened_session(token: str, keys: Keys, expected: Expected, nonce: str) -> dict[str, Any]:
    """Return the claims of a session's token. Raises `BadToken` with the first claim that does not hold.

    `act` is the agent and holds no `act` of its own: nobody acts through somebody who acts (RFC 8693, section 4.1).
    """
    claims = opened(token, keys, expected)
    if not nonce or claims.get("nonce") != nonce:
        raise BadToken("nonce")
    for name, holds in _SESSION_CLAIMS.items():
        if not holds(claims.get(name)):
            raise BadToken(name)
    if claims["act"]["sub"] == claims["sub"]:
        raise BadToken("act")
    if not -SKEW < claims["session_exp"] - expected.now <= LONGEST_SESSION:
        raise BadToken("session_exp")
    if set(claims["scope"].split()) & set(claims["deny"]):
        raise BadToken("deny")
    return claims


def _header(token: str, longest: int) -> dict[str, Any]:
    if len(token) > longest or token.count(".") != 2:
        raise BadToken("form")
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise BadToken("form") from None


def _claims(token: str, key: Any) -> dict[str, Any]:
    try:
        payload = jwt.api_jws.decode(token, key, algorithms=[ALGORITHM])
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise BadToken("signature") from None
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise BadToken("form") from None
    if not isinstance(claims, dict):
        raise BadToken("form")
    return claims


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    issued, ends, begins = claims.get("iat"), claims.get("exp"), claims.get("nbf", claims.get("iat"))
    if not _is_moment(issued) or issued > now + SKEW:
        raise BadToken("iat")
    if not _is_moment(ends) or ends <= now - SKEW or not 0 < ends - issued <= LONGEST_LIFE:
        raise BadToken("exp")
    if not _is_moment(begins) or begins > now + SKEW:
        raise BadToken("nbf")


def _is_moment(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LAST_MOMENT


def _is_text(value: object, least: int = 1, most: int = 300) -> bool:
    return isinstance(value, str) and least <= len(value) <= most and value.isprintable()


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _is_actor(value: object) -> bool:
    return isinstance(value, dict) and set(value) <= {"sub", "name"} and _is_text(value.get("sub"))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 200 and all(_is_text(each) for each in value)


def _is_scope(value: object) -> bool:
    return isinstance(value, str) and _are_texts(value.split(" ")) and len(value) <= 4000


_SESSION_CLAIMS: dict[str, Callable[[object], bool]] = {
    "sub": _is_text,
    "act": _is_actor,
    "org": _is_text,
    "sid": _is_id,
    "mode": lambda value: value in {"view", "act"},
    "scope": _is_scope,
    "deny": _are_texts,
    "grant_id": _is_id,
    "ticket": _is_text,
    "session_exp": _is_moment,
    "approver": lambda value: isinstance(value, str) and len(value) <= 300,
    "may": _are_texts,
}
"""What each claim of a session must look like, in the order in which they are asked about."""

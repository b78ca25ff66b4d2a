"""Salted commitments to private values, in the form of SD-JWT disclosures (RFC 9901, section 4.2).

The event keeps the digest; salt and value stand apart. Whoever is given the disclosure can check it against the sealed event. Once it is
erased the digest tells nothing, and every proof stays as it was (NIST AU-3(3)).
"""

import base64
import hashlib
import json
import secrets


def new_disclosure(name: str, value: str) -> str:
    """Return a fresh disclosure of one value: base64url of the JSON `[salt, name, value]`."""
    return _url64(json.dumps([secrets.token_urlsafe(16), name, value], ensure_ascii=False).encode())


def disclosure_digest(disclosure: str) -> str:
    """Return the commitment that stands on the event: base64url of the SHA-256 of the disclosure."""
    return _url64(hashlib.sha256(disclosure.encode()).digest())


def disclosed(disclosure: str) -> tuple[str, str]:
    """Return the name and value of a disclosure. Raises `ValueError` for what is none."""
    parts = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(part, str) for part in parts):
        raise ValueError("this is no disclosure")
    return parts[1], parts[2]


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

"""Signed posts in the form of Standard Webhooks, either way, and where a post may go.

The signature is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several may stand there with spaces between.
"""

import hmac
import os
from base64 import b64decode, b64encode
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST_SECRET = 24  # bytes


def signature_of(secret: bytes, key: str, timestamp: str, body: bytes) -> str:
    """Return the signature of one call under one secret."""
    signed = key.encode() + b"." + timestamp.encode() + b"." + body
    return "v1," + b64encode(hmac.digest(secret, signed, "sha256")).decode()


def shared_secret(text: str) -> bytes:
    """Return the key of a secret: what follows `whsec_` is base64, anything else is taken as it is. Raises `ValueError` for a short one."""
    key = (
        b64decode(text.removeprefix("whsec_"), validate=True) if text.startswith("whsec_") else text.encode()
    )
    if len(key) < SHORTEST_SECRET:
        raise ValueError(f"a secret has at least {SHORTEST_SECRET} bytes")
    return key


def address_in(variable: str, host: str) -> str:
    """Return the address that a variable of the environment holds.

    Raises `ValueError`, a sentence that names no secret, where it is missing or leads elsewhere than to `host`.
    """
    address = os.environ.get(variable, "")
    if not address:
        raise ValueError(f"{variable} is not set.")
    try:
        url = urlsplit(address)
        name, place = url.hostname or "", f"{url.hostname}:{url.port}" if url.port else url.hostname
    except ValueError:
        raise ValueError(f"{variable} is no web address.") from None
    if url.scheme != "https" and not (url.scheme == "http" and name in LOOPBACK):
        raise ValueError(f"{variable} must be https, except on loopback.")
    if host not in (name, place) or url.username or url.password:
        raise ValueError(f"{variable} leads to another host than the policy names.")
    return address

"""Signing keys as files: a directory of ES256 keys in PEM, the names in the order in which they were made (RFC 7517, RFC 7638).

Two keys live at a time: the older one signs, the newer one is published ahead, so that the other side knows it before it is used.
"""

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ALIVE = 2
_FIELD = 32  # bytes of one coordinate on P-256


class NoKeys(Exception):
    """There is no usable key; the sentence names the directory and the mend."""


@dataclass(frozen=True)
class Key:
    """One private key with its id, the thumbprint of its public half (RFC 7638)."""

    kid: str
    private: ec.EllipticCurvePrivateKey
    path: Path

    @property
    def public(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key."""
        return {**_public_part(self.private), "kid": self.kid, "use": "sig", "alg": "ES256"}


def live_keys(directory: str | Path) -> list[Key]:
    """Return the keys of a directory, the one that signs first. Raises `NoKeys` where there is none that can be used."""
    folder = Path(directory)
    if not str(directory) or not folder.is_dir():
        raise NoKeys(f"There is no directory of keys at {directory or 'the address that the settings give'}.")
    found = [_read(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.pem"))]
    if not found:
        raise NoKeys(f"The directory {directory} holds no key.")
    return found[-ALIVE:]


def published(directory: str | Path) -> dict[str, Any]:
    """Return the key set that the other side reads: public halves only."""
    return {"keys": [key.public for key in live_keys(directory)]}


def make_keys(directory: str | Path) -> list[Key]:
    """Make what is missing to two keys and return them; a directory that has them is left as it is."""
    folder = Path(directory)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    while len(list(folder.glob("*.pem"))) < ALIVE:
        _write(folder)
    return live_keys(folder)


def rotate(directory: str | Path) -> list[Key]:
    """Add a key, let the one published ahead sign from now on, take the oldest away, and return the keys that live."""
    folder = Path(directory)
    make_keys(folder)
    _write(folder)
    for path in sorted(folder.glob("*.pem"))[:-ALIVE]:
        path.unlink()
    return live_keys(folder)


def thumbprint(jwk: dict[str, Any]) -> str:
    """Return the thumbprint of an elliptic-curve key (RFC 7638, section 3.2)."""
    needed = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(needed, separators=(",", ":"), sort_keys=True)
    return _text(hashlib.sha256(text.encode()).digest())


def _write(folder: Path) -> None:
    """Write one new key that only its owner may read; the name says when, to the nanosecond."""
    private = ec.generate_private_key(ec.SECP256R1())
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{time.time_ns()}.pem"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> Key:
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except ValueError as error:
        raise NoKeys(f"{path} is no private key in PEM.") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise NoKeys(f"{path} is no key for ES256.")
    return Key(thumbprint(_public_part(private)), private, path)


def _public_part(private: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    numbers = private.public_key().public_numbers()
    x, y = (_text(number.to_bytes(_FIELD, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

"""The keys of the log. They never touch the database: a key file, or a key derived from the secret key of the console."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from audit.seal.note import SECRET_START, BadNote, Signer, Verifier


def log_name() -> str:
    """Return the name under which this console signs: the host of its public URL."""
    return f"{urlsplit(settings.PUBLIC_URL).hostname}/audit"


def signers() -> list[Signer]:
    """Return the keys that sign now: every secret key of the key file, or the derived one. Raises `BadNote`, `OSError` for a bad file."""
    if settings.SEAL_KEY_FILE:
        found = [
            Signer.parse(line) for line in _lines(settings.SEAL_KEY_FILE) if line.startswith(SECRET_START)
        ]
        if not found:
            raise BadNote("the key file holds no secret key")
        return found
    return [_derived(settings.SECRET_KEY)]


def trusted(names: Iterable[str] = ()) -> list[Verifier]:
    """Return the public keys whose signature counts: one's own, earlier ones that the key file lists, and one's own under earlier names."""
    own = [signer.verifier for signer in signers()]
    if settings.SEAL_KEY_FILE:
        own += [
            Verifier.parse(line)
            for line in _lines(settings.SEAL_KEY_FILE)
            if not line.startswith(SECRET_START)
        ]
    else:
        own += [_derived(str(secret)).verifier for secret in settings.SECRET_KEY_FALLBACKS]
    return list(dict.fromkeys([*own, *(Verifier(name, key.public) for name in names for key in own)]))


def _derived(secret: str) -> Signer:
    return Signer(log_name(), _seed(secret))


@lru_cache(maxsize=8)
def _seed(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"opsconsole: key of the audit log").derive(secret.encode())


def _lines(path: str) -> list[str]:
    lines = (line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]

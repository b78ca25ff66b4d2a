"""What allauth.mfa asks of the console: how secrets are kept, and under which name passkeys are made."""

import base64
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NAME = "Operations console"


@cache
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    derived = [HKDF(SHA256(), 32, None, b"opsconsole second factor").derive(key.encode()) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def key_ring() -> MultiFernet:
    """Return the keys of `OPSCONSOLE_FACTOR_KEYS`, else one from the secret key: the first encrypts, each decrypts."""
    return _ring(tuple(settings.FACTOR_KEYS or [settings.SECRET_KEY]))


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted with keys of the environment; passkeys belong to the host of the public URL, whatever a request says."""

    def encrypt(self, text: str) -> str:
        return key_ring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return key_ring().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        return f"{NAME} ({urlsplit(settings.PUBLIC_URL).hostname})"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": NAME}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {"id": user.pk.bytes, "display_name": user.display_name, "name": user.username}

"""The keys with which the console signs for the product, in the directory that `OPSCONSOLE_SESSION_KEY_DIR` names."""

from typing import Any

from django.conf import settings

from impersonation.product import keys, tokens
from impersonation.product.keys import Key, NoKeys
from opsconsole.lib.errors import Conflict


class NoSigningKeys(Conflict):
    """The console has no keys to sign with, so it hands nobody over."""

    code = "no_signing_keys"


def signing_key() -> Key:
    """Return the key that signs now. Raises `NoSigningKeys`."""
    try:
        return keys.live_keys(settings.SESSION_KEYS)[0]
    except (NoKeys, OSError) as error:
        raise NoSigningKeys(
            "The console has no keys for the product yet; an administrator makes them.", state="no keys"
        ) from error


def key_set() -> dict[str, Any]:
    """Return the public keys for `/.well-known/jwks.json`, none where there are no keys yet."""
    try:
        return keys.published(settings.SESSION_KEYS)
    except (NoKeys, OSError):
        return {"keys": []}


def signed(typ: str, client_id: str, now: float, claims: dict[str, Any]) -> str:
    """Return a token of this console for one client, good for a minute."""
    return tokens.signed(signing_key(), typ, {**tokens.frame(settings.PUBLIC_URL, client_id, now), **claims})

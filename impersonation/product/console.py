"""The console this product belongs to: its address, its keys, and calls signed with the product's own key (RFC 7523)."""

import time
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from . import keys, remote, tokens
from .conf import setting
from .sessions import heard_first

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_keys = remote.RemoteKeys()


def issuer() -> str:
    """Return the console's base address. Raises `ImproperlyConfigured` without one."""
    return _needed("CONSOLE_URL").rstrip("/")


def client_id() -> str:
    """Return the name by which the console knows this product."""
    return _needed("CLIENT_ID")


def own_base() -> str:
    """Return this product's own base address."""
    return _needed("URL").rstrip("/")


def own_url(name: str) -> str:
    """Return the address of one of this package's own pages, such as `callback/`."""
    return f"{own_base()}{setting('PATH')}{name}"


def is_known() -> bool:
    """Tell whether this product belongs to a console at all."""
    return bool(setting("CONSOLE_URL"))


def keys_for(token: str) -> tokens.Keys:
    """Return the console's public keys, asked for anew where they lack the one a token names. Raises `Silent`, `BadToken`."""
    return _keys.of(f"{issuer()}/.well-known/jwks.json", tokens.key_id(token))


def read(token: str, typ: str) -> dict[str, Any]:
    """Return the claims of something the console signed for this product. Raises `BadToken`, `Silent`."""
    expected = tokens.Expected(typ, issuer(), client_id(), time.time())
    return tokens.opened(token, keys_for(token), expected)


def read_once(token: str, typ: str) -> dict[str, Any]:
    """Return the claims of a call that was not heard before (RFC 7523, section 3). Raises `BadToken`, `Silent`."""
    claims = read(token, typ)
    if not heard_first(claims["jti"]):
        raise tokens.BadToken("jti")
    return claims


def call(path: str, fields: Mapping[str, str], *, seconds: float = remote.SECONDS) -> tuple[int, Any]:
    """Send a form to the console, with a proof of who calls. Raises `Silent`."""
    proof = {"client_assertion_type": ASSERTION, "client_assertion": signed(tokens.CLIENT, {})}
    return remote.post_form(f"{issuer()}{path}", {**fields, **proof}, seconds=seconds)


def signed(typ: str, claims: Mapping[str, Any]) -> str:
    """Return a token of this product for the console, good for a minute and once. Raises `Silent` where the product has no key."""
    frame = tokens.frame(client_id(), issuer(), time.time())
    try:
        key = keys.live_keys(setting("KEYS"))[0]
    except (keys.NoKeys, OSError):
        raise remote.Silent("this product has no key to sign with") from None
    return tokens.signed(key, typ, {**frame, "sub": client_id(), **claims})


def _needed(name: str) -> str:
    value = str(setting(name))
    if not value:
        raise ImproperlyConfigured(f"SUPPORT_SESSION['{name}'] is not set.")
    return value

"""Reads what the product asks of `/oauth/authorize`; nothing is bent to fit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from impersonation.oauth.errors import HandOffRefused
from impersonation.oauth.product_rules import Product

_OPAQUE = re.compile(r"[A-Za-z0-9._~-]{16,200}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Asked:
    """One request for a code, already known to come from the product's own address."""

    handle: str
    state: str
    nonce: str
    challenge: str
    redirect_uri: str


def read_asked(query: Mapping[str, str], product: Product) -> Asked:
    """Return the request. Raises `HandOffRefused`: to be shown here, never sent on to an address somebody typed (RFC 9700, 4.11)."""
    if query.get("client_id") != product.client_id:
        raise HandOffRefused("This request names a product that the policy does not know.", code="client")
    if query.get("redirect_uri") != product.url("callback_path"):
        raise HandOffRefused("This request leads elsewhere than the policy says.", code="redirect_uri")
    if query.get("response_type") != "code":
        raise HandOffRefused("This request asks for something else than a code.", code="response_type")
    if query.get("code_challenge_method") != "S256":
        raise HandOffRefused("This request is not bound by PKCE with S256.", code="pkce")
    needed = {"login_hint": _OPAQUE, "state": _OPAQUE, "nonce": _OPAQUE, "code_challenge": _CHALLENGE}
    for name, form in needed.items():
        if not form.fullmatch(query.get(name, "")):
            raise HandOffRefused(f"This request lacks a usable {name}.", code=name)
    return Asked(
        query["login_hint"],
        query["state"],
        query["nonce"],
        query["code_challenge"],
        product.url("callback_path"),
    )

"""The text of a customer's link: its row's id and a signature over it. The row keeps a digest only: a copy of the table opens nothing."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "grants.consent.link"
NOBODY = UUID(int=0)
LONGEST = 100  # characters; ours are 65


def token_of(link_id: UUID) -> str:
    """Return the signed text of a link. Whoever has it may open the link, so it goes to the customer and into no log."""
    signature = salted_hmac(SALT, link_id.bytes.hex(), algorithm="sha256").digest()
    return _text(link_id.bytes + signature)


def link_named(token: str) -> UUID:
    """Return the id in a signed text, or an id that no link has. What was made up takes the same way as what is right."""
    try:
        raw = urlsafe_b64decode(token[:LONGEST].encode("utf-8", "replace") + b"==")
    except (Error, ValueError):
        raw = b""
    link_id = UUID(bytes=raw[:16]) if len(raw) >= 16 else NOBODY
    return link_id if constant_time_compare(token, token_of(link_id)) else NOBODY


def digest_of_token(token: str) -> str:
    """Return what the row keeps of a signed text: SHA-256, 64 hex characters."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def address_of(link_id: UUID) -> str:
    """Return the whole address of a link, to be handed to the customer."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/c/{token_of(link_id)}/"


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")

"""What is handed out is kept only as a digest."""

import base64
import hashlib
import hmac


def digest(secret: str) -> str:
    """Return SHA-256 (hex) of what was handed out."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Tell whether a PKCE verifier is the one behind an S256 challenge (RFC 7636, section 4.6)."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("utf-8", "replace")).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode("utf-8", "replace"))

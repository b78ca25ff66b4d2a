"""What the banner says."""

from dataclasses import dataclass
from datetime import datetime

SHOWN = "shown"
MISSED = frozenset({"unreadable", "partial", "failed"})
"""Causes that leave an HTML page without its banner: a session with one of them is flagged."""


@dataclass(frozen=True)
class Banner:
    """Whose account this is, who looks, until when, and the way out. Empty texts are left out."""

    session_id: str
    agent: str
    tenant: str
    subject: str
    ticket: str
    approver: str
    may: tuple[str, ...]
    ends_at: datetime
    exit_url: str
    csrf_token: str
    page_url: str
    status_url: str = (
        ""  # asked after a key or a click, once a minute, so that work without page changes is not idle
    )

    @property
    def header(self) -> str:
        """The value of `X-Support-Session`; `exp` is in seconds since 1970, as in RFC 7519."""
        return f"active; id={self.session_id}; exp={int(self.ends_at.timestamp())}"

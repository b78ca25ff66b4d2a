"""Packs in plain words."""

from datetime import UTC, datetime

from audit.models import EvidencePack

TONES = {
    "waiting": "notice",
    "denied": "bad",
    "lapsed": "neutral",
    "making": "notice",
    "ready": "good",
    "failed": "bad",
    "expired": "neutral",
}
WORDS = {
    "waiting": "waiting",
    "denied": "not agreed",
    "lapsed": "lapsed",
    "making": "being made",
    "ready": "ready",
    "failed": "failed",
    "expired": "removed",
}


MEANINGS = {"making": "It takes some seconds", "ready": "The file can be taken"}


def period_of(pack: EvidencePack) -> str:
    """Return the time a pack covers."""
    return f"{_at(pack.since)} to {_at(pack.until)}" if pack.since else f"until {_at(pack.until)}"


def state_chip(pack: EvidencePack) -> dict[str, str]:
    """Return the state of a pack as the arguments of a chip."""
    return {
        "word": WORDS[pack.state],
        "meaning": MEANINGS.get(pack.state, pack.get_state_display()),
        "tone": TONES[pack.state],
    }


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%-d %b %Y, %H:%M} UTC"

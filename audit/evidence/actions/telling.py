"""What every event about a pack carries."""

from typing import Any

from audit.actions.recording import record
from audit.models import EvidencePack

State = EvidencePack.State


def tell_of(name: str, pack: EvidencePack, **words: Any) -> None:
    """Write an event about a pack, with the tenant and the trail of its subject."""
    record(name, obj=pack.as_ref(), **pack.place(), **words)

"""Reads of the values kept apart. What stands here is read only by the verbs that write an event for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.models import Event
from audit.seal.disclosure import disclosed
from audit.seal.store import rows_of


@dataclass(frozen=True)
class Kept:
    """One value that is still kept. `disclosure` proves to anybody that the event commits to it (RFC 9901)."""

    event_id: UUID
    name: str
    disclosure: str

    @property
    def value(self) -> str:
        return disclosed(self.disclosure)[1]


@dataclass(frozen=True)
class Commitment:
    """What an event says of a value: its name, its digest, and whether the value is still kept."""

    name: str
    digest: str
    is_kept: bool

    @property
    def words(self) -> str:
        """Return the name as people read it."""
        return words_of_name(self.name)


def words_of_name(name: str) -> str:
    """Return the name of a value as people read it."""
    return name.replace("_", " ")


def commitments_of(event: Event) -> list[Commitment]:
    """Return what an event commits to, without any value."""
    if not event.commitments:
        return []
    rows = rows_of("SELECT name FROM audit_private_value WHERE event_id = %s", [event.id])
    kept = {name for (name,) in rows}
    return [Commitment(name, digest, name in kept) for name, digest in sorted(event.commitments.items())]


def disclosures_of(event_ids: Sequence[UUID]) -> list[Kept]:
    """Return the values of some events that are still kept; for the making of a pack that two people agreed to."""
    rows = rows_of(
        """SELECT event_id, name, disclosure FROM audit_private_value WHERE event_id = ANY(%s)
           ORDER BY event_id, name""",
        [list(event_ids)],
    )
    return [Kept(*row) for row in rows]

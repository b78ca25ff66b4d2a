"""Where an event is that left the database with its month."""

from dataclasses import dataclass
from uuid import UUID

from audit.models import MonthArchive
from audit.seal.store import rows_of
from opsconsole.lib.registry import audit_reach

_PLACE = """
    SELECT to_char(event_at AT TIME ZONE 'UTC', 'YYYY-MM'), log, position, encode(hash, 'hex') FROM audit_seal_leaf WHERE event_id = %s
"""


@dataclass(frozen=True)
class Archived:
    """One event of an archived month: the file it is in, and its entry in the sealed log, of which the hash stays here."""

    id: UUID
    archive: MonthArchive
    log: int
    entry: int
    leaf: str


def archived_event(person: object, event_id: UUID) -> Archived | None:
    """Return where an archived event is, None where there is none or the person may not read the whole log: the two look the same."""
    if any(reach(person=person) is not None for reach in audit_reach):
        return None
    for month, log, position, leaf in rows_of(_PLACE, [event_id]):
        archive = MonthArchive.objects.filter(month=month).first()
        if archive is not None:
            return Archived(event_id, archive, log, position, leaf)
    return None

"""What waits for somebody's yes, for `/reviews/`."""

from audit.evidence.queries import packs_for
from audit.models import EvidencePack
from audit.refs import Staff


def waiting_packs(*, person: Staff) -> dict[str, object]:
    """Return the packs with personal values that wait for somebody else to agree, as a section of `/reviews/`."""
    may = person.has_perm("console.export")
    waiting = EvidencePack.objects.filter(state=EvidencePack.State.WAITING)
    packs = packs_for(person, among=waiting).rows if may else []
    return {
        "key": "evidence",
        "title": "Evidence packs with personal values",
        "lead": "Each waits for a person other than the one who asked.",
        "template": "audit/evidence/_waiting.html",
        "packs": packs,
    }

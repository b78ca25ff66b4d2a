"""What every event about a pack carries, and who is told of it beside the log."""

from typing import Any

from django.contrib.auth import get_user_model

from audit.actions.recording import record
from audit.evidence.queries import may_read
from audit.models import EvidencePack
from audit.telling import tell_holders, tell_people

State = EvidencePack.State


def tell_of(name: str, pack: EvidencePack, **words: Any) -> None:
    """Write an event about a pack, with the tenant and the trail of its subject."""
    record(name, obj=pack.as_ref(), **pack.place(), **words)


def ask_the_others(pack: EvidencePack) -> None:
    """Tell everybody who may agree to a pack with values that it waits for one of them."""
    tell_holders(
        "evidence_waits",
        power="export",
        but=pack.asked_by_id,
        path=pack.get_absolute_url(),
        may_read=lambda person: may_read(person, pack),
    )


def tell_who_asked(kind: str, pack: EvidencePack) -> None:
    """Tell the person who asked for a pack what became of that."""
    people = list(get_user_model().objects.filter(pk=pack.asked_by_id))
    tell_people(kind, people, path=pack.get_absolute_url())

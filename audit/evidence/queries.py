"""Doors and reads of evidence packs. A pack is there only for people who may read every event in it."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from audit.evidence.subjects import covered_by
from audit.models import Event, EvidencePack, EvidencePart
from audit.queries import events_within_reach
from opsconsole.lib.paging import KeysetPage, from_cursor, to_cursor
from opsconsole.lib.registry import audit_reach

PAGE = 30  # packs


def get_pack_for(person: object, pack_id: UUID) -> EvidencePack:
    """Return one pack. Raises `Http404` where there is none or the person may not read all of it: the two look the same."""
    pack = EvidencePack.objects.select_related("progress").filter(pk=pack_id).first()
    if pack is None or not may_read(person, pack):
        raise Http404("There is no such evidence pack.")
    return pack


def packs_for(
    person: object, cursor: str = "", among: QuerySet[EvidencePack] | None = None
) -> KeysetPage[EvidencePack]:
    """Return one page of the packs a person may read, or of some of them, the newest first."""
    place = f"evidence {getattr(person, 'pk', '')}"
    key = from_cursor(cursor, place)
    asked = EvidencePack.objects.all() if among is None else among
    if key:
        asked = asked.filter(Q(asked_at__lt=key[0]) | Q(asked_at=key[0], id__lt=key[1]))
    rows = list(asked.order_by("-asked_at", "-id")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return KeysetPage(
        [pack for pack in rows[:PAGE] if may_read(person, pack)],
        next_cursor=to_cursor([last.asked_at.isoformat(), str(last.pk)], place) if last else "",
    )


def may_read(person: object, pack: EvidencePack) -> bool:
    """Tell whether a person may read every event that a pack covers."""
    if all(reach(person=person) is None for reach in audit_reach):
        return True
    inside = events_within_reach(person).filter(covered_by(pack))
    return not Event.objects.filter(covered_by(pack)).exclude(pk__in=inside.values("id")).exists()


def pieces_of(pack: EvidencePack) -> Iterator[bytes]:
    """Yield the file of a pack, piece by piece."""
    for number in EvidencePart.objects.filter(pack=pack).values_list("number", flat=True):
        yield bytes(EvidencePart.objects.values_list("data", flat=True).get(pack=pack, number=number))

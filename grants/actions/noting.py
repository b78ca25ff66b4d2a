"""The verb that writes something down on a case. Nothing is overwritten: the newest word of a kind counts, earlier ones stay."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from grants.actions.building import CaseClosed
from grants.actions.cases import MayNotAsk
from grants.actions.errors import about
from grants.models import Case, CaseNote
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid


def note_case(*, actor: Person, case_id: UUID, texts: Mapping[str, str]) -> list[CaseNote]:
    """Write down what failed, who saw it, how the identity was confirmed, or an internal note; return what was new.

    `texts` maps a `CaseNote.Kind` to text; what is blank or stands there already is left out. Raises `MayNotAsk`, `CaseClosed`, and
    `Invalid` where nothing is left. The caller's door decides who may know of the case.
    """
    with transaction.atomic(durable=True):
        case = Case.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=case_id)
        if not powers_of(actor, fresh=True).may & {"ask", "decide"}:
            error = MayNotAsk("You may not write on cases.", scope="ask")
            raise about(error, tenant=case.tenant, trail=case.trail())
        if case.status != Case.Status.OPEN:
            raise CaseClosed("This case is closed.", state=case.status)
        now = database_now()
        standing = dict(case.written.order_by("at").values_list("kind", "text"))
        new = {
            kind: text.strip()
            for kind, text in texts.items()
            if text.strip() and standing.get(kind) != text.strip()
        }
        if not new:
            raise Invalid({"note": "Write something that does not stand there yet."})
        notes = [
            CaseNote(case=case, kind=kind, text=text, author=actor, at=now) for kind, text in new.items()
        ]
        CaseNote.objects.bulk_create(notes)
        record(
            "case.noted",
            actor=actor.as_actor(),
            tenant=case.tenant.as_ref(),
            obj=case.as_ref(),
            trail=case.trail(),
            what=[CaseNote.Kind(kind).label.lower() for kind in new],
        )
    return notes

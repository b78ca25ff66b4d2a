"""The verb of an agent on a case that the helpdesk opened and that waits for an owner."""

from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from grants.actions.cases import CaseAlreadyOpen, MayNotAsk
from grants.actions.errors import about, broken_constraint
from grants.models import Case
from grants.reach import in_reach
from opsconsole.lib.errors import Conflict


class TakenAlready(Conflict):
    code = "taken_already"


def take_case(*, actor: Person, case_id: UUID) -> Case:
    """Become the owner of a case that has none, and return it.

    Raises `MayNotAsk`, `TakenAlready` where somebody else was first or it is closed, `CaseAlreadyOpen` for a second case of the ticket.
    """
    try:
        with transaction.atomic(durable=True):
            return _take(actor, case_id)
    except IntegrityError as error:
        if broken_constraint(error) != "grants_case_one_open_per_ticket":
            raise
    waiting = Case.objects.get(pk=case_id)
    mine = Case.objects.filter(owner=actor, status=Case.Status.OPEN)
    raise CaseAlreadyOpen(mine.get(tenant_id=waiting.tenant_id, ticket=waiting.ticket))


def _take(actor: Person, case_id: UUID) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=case_id)
    powers = powers_of(actor, fresh=True)
    if "ask" not in powers.may or not in_reach(actor, powers, case.tenant):
        error = MayNotAsk("You may not work on cases of this tenant.", scope="ask")
        raise about(error, tenant=case.tenant, trail=case.trail())
    if case.status != Case.Status.OPEN:
        raise TakenAlready("This case is closed.", state=case.status)
    if case.owner_id is not None:
        raise TakenAlready("Somebody has this case already.", state="taken")
    case.owner = actor
    case.save(update_fields=["owner"])
    record(
        "case.taken",
        actor=actor.as_actor(),
        tenant=case.tenant.as_ref(),
        obj=case.as_ref(),
        trail=case.trail(),
    )
    return case

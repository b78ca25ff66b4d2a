"""The verbs on a case."""

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from grants.actions.errors import broken_constraint
from grants.models import Case
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tenants.models import Tenant


class MayNotAsk(Refused):
    code = "may_not_ask"


class CaseAlreadyOpen(Conflict):
    """The same person has an open case on this ticket and tenant, or one of the helpdesk waits for an owner; `case` is that one."""

    code = "case_already_open"

    def __init__(self, case: Case) -> None:
        sentence = f"You have this case open since {case.opened_at:%-d %b %Y, %H:%M} UTC."
        if case.owner_id is None:
            sentence = "The helpdesk opened a case for this ticket already. It waits for somebody to take it."
        super().__init__(sentence, state=case.status)
        self.case = case


def open_case(*, actor: Person, tenant: Tenant, ticket: str, issue: str, notes: str = "") -> Case:
    """Open a case on a tenant that the caller's door let through, and return it.

    Raises `MayNotAsk`, `Invalid` for a ticket the policy's format does not know or an empty issue, `CaseAlreadyOpen` for a double click.
    """
    if "ask" not in powers_of(actor, fresh=True).may:
        raise MayNotAsk("You may not open cases.", scope="ask")
    ticket, issue = ticket.strip(), issue.strip()
    _check(ticket, issue)
    waiting = Case.objects.filter(owner=None, tenant=tenant, ticket=ticket, status=Case.Status.OPEN).first()
    if waiting:
        raise CaseAlreadyOpen(waiting)
    try:
        return _open(actor, tenant, ticket, issue, notes.strip())
    except IntegrityError as error:
        if broken_constraint(error) != "grants_case_one_open_per_ticket":
            raise
    raise CaseAlreadyOpen(
        Case.objects.get(owner=actor, tenant=tenant, ticket=ticket, status=Case.Status.OPEN)
    )


def _check(ticket: str, issue: str) -> None:
    rules = rules_in_force().ticket
    errors = {}
    if not rules.fits(ticket):
        errors["ticket"] = f"Write the ticket number as the helpdesk shows it, such as {rules.example}."
    if not issue:
        errors["issue"] = "Say in a sentence what the customer reports."
    if errors:
        raise Invalid(errors)


def _open(actor: Person, tenant: Tenant, ticket: str, issue: str, notes: str) -> Case:
    with transaction.atomic(durable=True):
        case = Case(
            ticket=ticket, tenant=tenant, owner=actor, issue=issue, notes=notes, opened_at=database_now()
        )
        case.save(force_insert=True)
        record(
            "case.opened",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            obj=case.as_ref(),
            trail=case.trail(),
        )
    return case

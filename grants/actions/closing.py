"""The verb that closes a case, and what must be true first."""

from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from grants.actions.errors import about
from grants.models import AccessRequest, Case, Closeout, Grant
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused


class MayNotClose(Refused):
    code = "may_not_close"


class StillOpen(Conflict):
    """Access lives, or a request waits, under the case."""

    code = "still_open"


def close_case(
    *, actor: Person, case_id: UUID, resolved: bool, summary: str, product_problem: bool
) -> Closeout:
    """Close a case and return its closeout. What the database says of its access is read under the lock.

    Raises `MayNotClose` for anybody but the owner and those who decide, `StillOpen`, `Invalid` without a summary.
    """
    summary = summary.strip()
    with transaction.atomic(durable=True):
        case = Case.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=case_id)
        _guard(actor, case)
        if not summary:
            raise Invalid({"summary": "Say in a sentence how it ended, for whoever meets this again."})
        closeout = _write(case, actor, summary, resolved=resolved, product_problem=product_problem)
        record(
            "case.closed",
            actor=actor.as_actor(),
            tenant=case.tenant.as_ref(),
            obj=case.as_ref(),
            trail=case.trail(),
            how="resolved" if resolved else "not resolved",
            repeats="a problem of the product" if product_problem else "",
            grants_ended=closeout.grants_ended,
        )
    return closeout


def _guard(actor: Person, case: Case) -> None:
    if actor.pk != case.owner_id and "decide" not in powers_of(actor, fresh=True).may:
        raise about(
            MayNotClose("Only the owner or a lead closes a case."), tenant=case.tenant, trail=case.trail()
        )
    if case.status != Case.Status.OPEN:
        raise StillOpen(f"This case was closed at {case.closed_at:%-d %b %Y, %H:%M} UTC.", state=case.status)
    now = database_now()
    fault = ""
    if case.grants.filter(ended_at__isnull=True, expires_at__gt=now).exists():
        fault = "Access is still open under this case. End it first."
    elif case.requests.filter(status__in=AccessRequest.OPEN, pending_until__gt=now).exists():
        fault = "A request still waits under this case. Take it back first."
    if fault:
        raise about(StillOpen(fault, state="open"), tenant=case.tenant, trail=case.trail())


def _write(case: Case, actor: Person, summary: str, *, resolved: bool, product_problem: bool) -> Closeout:
    now = database_now()
    closeout = Closeout(
        case=case,
        closed_by=actor,
        resolved=resolved,
        product_problem=product_problem,
        summary=summary,
        grants_ended=Grant.objects.filter(case=case).count(),
        closed_at=now,
    )
    closeout.save(force_insert=True)
    case.status, case.closed_at = Case.Status.CLOSED, now
    case.save(update_fields=["status", "closed_at"])
    return closeout

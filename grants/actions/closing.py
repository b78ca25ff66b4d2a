"""The verb that closes a case, and what must be true first."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from grants.actions.errors import about
from grants.models import Case, Closeout, Outbox, ProductProblem
from grants.notifications import tell_about_case
from grants.queries.closing import Found, Trouble, as_json, found_of, troubles_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused


class MayNotClose(Refused):
    code = "may_not_close"


class StillOpen(Conflict):
    """Access lives, or a request waits, under the case."""

    code = "still_open"


def close_case(
    *,
    actor: Person,
    case_id: UUID,
    resolved: bool,
    summary: str,
    product_problem: bool,
    kept_because: str = "",
) -> Closeout:
    """Close a case and return its closeout. What the database says of everything added under it is read under the lock, and kept.

    `kept_because` says why a role, right or token that its people got meanwhile stays. The same access on the same tenant within 30 days
    is flagged as a problem of the product. Raises `MayNotClose` for anybody but the owner and those who decide, `StillOpen`, `Invalid`.
    """
    with transaction.atomic(durable=True):
        case = Case.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=case_id)
        _guard(actor, case)
        now = database_now()
        found = found_of(case, now)
        _guard_ended(case, found)
        closeout = Closeout(
            case=case,
            closed_by=actor,
            resolved=resolved,
            product_problem=product_problem,
            summary=summary.strip(),
            grants_ended=sum(one.kind == "grant" for one in found),
            found=as_json(found),
            kept_because=kept_because.strip(),
            closed_at=now,
        )
        _check(closeout, found)
        flagged = _flag(case, closeout, now)
        _close(case, closeout)
        _record(actor, case, closeout, flagged)
        if flagged:
            tell_about_case(Outbox.Kind.PRODUCT_PROBLEM, case, now)
    return closeout


def _guard(actor: Person, case: Case) -> None:
    if actor.pk != case.owner_id and "decide" not in powers_of(actor, fresh=True).may:
        raise about(
            MayNotClose("Only the owner or a lead closes a case."), tenant=case.tenant, trail=case.trail()
        )
    if case.status != Case.Status.OPEN:
        raise StillOpen(f"This case was closed at {case.closed_at:%-d %b %Y, %H:%M} UTC.", state=case.status)


def _guard_ended(case: Case, found: list[Found]) -> None:
    kinds = {one.kind for one in found if one.must_end}
    if not kinds:
        return
    fault = "A request still waits under this case. Take it back first."
    if "grant" in kinds:
        fault = "Access is still open under this case. End it first."
    raise about(StillOpen(fault, state="open"), tenant=case.tenant, trail=case.trail())


def _check(closeout: Closeout, found: list[Found]) -> None:
    errors = {}
    if not closeout.summary:
        errors["summary"] = "Say in a sentence how it ended, for whoever meets this again."
    stays = [one.what for one in found if not one.gone]
    if stays and not closeout.kept_because:
        errors["kept_because"] = (
            f"This was added meanwhile and is still there: {'; '.join(stays)}. Say why it stays, or have it taken away."
        )
    if errors:
        raise Invalid(errors)


def _flag(case: Case, closeout: Closeout, now: datetime) -> list[Trouble]:
    """Write the trouble that came back, or that the person calls a problem of the product, and return it."""
    troubles = troubles_of(case, now)
    flagged = [trouble for trouble in troubles if trouble.earlier or closeout.product_problem]
    closeout.product_problem = closeout.product_problem or bool(flagged)
    ProductProblem.objects.bulk_create(
        ProductProblem(
            case=case,
            tenant=case.tenant,
            kind=trouble.kind,
            owner=trouble.owner,
            earlier=[earlier.pk for earlier in trouble.earlier],
            at=now,
        )
        for trouble in flagged
    )
    return flagged


def _close(case: Case, closeout: Closeout) -> None:
    closeout.save(force_insert=True)
    case.status, case.closed_at = Case.Status.CLOSED, closeout.closed_at
    case.save(update_fields=["status", "closed_at"])


def _record(actor: Person, case: Case, closeout: Closeout, flagged: list[Trouble]) -> None:
    owners = ", ".join(sorted({trouble.owner for trouble in flagged}))
    times = max((len(trouble.earlier) + 1 for trouble in flagged), default=0)
    repeats = "a problem of the product" if closeout.product_problem else ""
    if flagged:
        repeats += f" for {owners}" + (f", seen {times} times in 30 days" if times > 1 else "")
    record(
        "case.closed",
        actor=actor.as_actor(),
        tenant=case.tenant.as_ref(),
        obj=case.as_ref(),
        trail=case.trail(),
        how="resolved" if closeout.resolved else "not resolved",
        repeats=repeats,
        grants_ended=closeout.grants_ended,
        kept=[one["what"] for one in closeout.found if not one["gone"]],
        kept_because=closeout.kept_because,
    )

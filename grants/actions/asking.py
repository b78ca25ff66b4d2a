"""The verbs of the person who asks: request access, take it back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from audit.actions import record
from audit.refs import Actor
from grants.actions.automatic import decide_by_rule
from grants.actions.building import Ask, Askers, lock_case, write_request
from grants.actions.errors import about, broken_constraint
from grants.actions.wishing import Wish, check_wish
from grants.consent.actions.asking import words_for
from grants.models import AccessRequest, Outbox
from grants.notifications import tell_about_request
from grants.standing import how_it_stands, state_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Refused


class AskedAlready(Conflict):
    code = "asked_already"


class NotYourRequest(Refused):
    code = "not_your_request"


class RequestOver(Conflict):
    code = "request_over"


def request_access(
    *,
    actor: Person,
    case_id: UUID,
    scopes: Iterable[str] = (),
    minutes: int | None = None,
    reason: str,
    starts_at: datetime | None = None,
    for_person: Person | None = None,
    owner: Person | None = None,
    preset: str = "",
    shift_ends: str = "",
) -> AccessRequest:
    """Ask for scopes on a case's tenant and return the request: waiting, or approved already where a rule of the policy covers it.

    `for_person` is the named user where it is not the actor, `owner` who answers for it where that is not the case's owner. A `preset`
    fills in the scopes and minutes that are left out. `shift_ends` (HH:MM on the desk's clock) asks until then instead of for minutes.
    Raises `MayNotAsk`, `CaseClosed`, `AskedAlready` for a double click, `Invalid` with one sentence a field.
    """
    wish = Wish(frozenset(scopes), minutes, reason.strip(), starts_at, preset.strip(), shift_ends.strip())
    askers = Askers(actor, for_person or actor, owner)
    try:
        with transaction.atomic(durable=True):
            request = _ask(askers, case_id, wish)
    except IntegrityError as error:
        if broken_constraint(error) != "grants_request_asked_once":
            raise
        raise AskedAlready("The same request waits for a decision already.", state="pending") from error
    return decide_by_rule(request_id=request.pk)


def _ask(askers: Askers, case_id: UUID, wish: Wish) -> AccessRequest:
    case, powers = lock_case(askers.requester, case_id)
    now = database_now()
    ask, ceremony = check_wish(case, askers, powers, wish, now)
    request = write_request(case, askers, ask, ceremony, now=now)
    _record_ask(askers, request, ask)
    tell_about_request(Outbox.Kind.ASKED, request, now)
    return request


def _record_ask(askers: Askers, request: AccessRequest, ask: Ask) -> None:
    record(
        "access.requested",
        actor=askers.requester.as_actor(),
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=request.trail(),
        approval_state=request.status,
        scopes=sorted(ask.scopes),
        minutes=ask.minutes,
        for_person=askers.person.display_name if askers.person.pk != askers.requester.pk else "",
        owner=askers.owner.display_name if askers.owner else "",
        preset=ask.preset,
        starts_at=ask.starts_at.isoformat() if ask.starts_at else "",
        approvals_needed=request.approvals_needed,
        consent=words_for(request),
    )


def withdraw(*, actor: Person, request_id: UUID, comment: str = "") -> AccessRequest:
    """Take back a request that waits. Raises `NotYourRequest` for anybody but the requester and the named person, `RequestOver`."""
    with transaction.atomic(durable=True):
        request = (
            AccessRequest.objects.select_for_update(of=("self",))
            .select_related("case", "tenant")
            .get(pk=request_id)
        )
        now = database_now()
        if actor.pk not in (request.requester_id, request.person_id):
            error = NotYourRequest("Only the person who asked takes a request back; you can deny it.")
            raise about(error, tenant=request.tenant, trail=request.trail())
        if request.status not in AccessRequest.OPEN or request.pending_until <= now:
            raise about(
                RequestOver(how_it_stands(request, now), state=state_of(request, now)),
                tenant=request.tenant,
                trail=request.trail(),
            )
        take_back(request, actor.as_actor(), comment.strip(), now)
    return request


def take_back(request: AccessRequest, who: Actor, comment: str, now: datetime) -> None:
    """Take back a locked request that waits, within a verb."""
    request.status, request.closed_at = AccessRequest.Status.WITHDRAWN, now
    request.save(update_fields=["status", "closed_at"])
    record(
        "request.withdrawn",
        actor=who,
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=request.trail(),
        approval_state=request.status,
        comment=comment,
    )
    tell_about_request(Outbox.Kind.WITHDRAWN, request, now)

"""The verbs of the person who asks: request access, take it back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import Powers, powers_of, roles_in_force
from accounts.roles import Scope
from audit.actions import record
from grants import policy
from grants.access_rules import Ceremony
from grants.actions.building import Ask, Askers, lock_case, write_request
from grants.actions.errors import about, broken_constraint
from grants.models import AccessRequest, Case, GrantScope, Outbox
from grants.notifications import tell_about_request
from grants.reach import in_reach
from grants.rules import rules_in_force
from grants.standing import how_it_stands, state_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused


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
    scopes: Iterable[str],
    minutes: int,
    reason: str,
    starts_at: datetime | None = None,
    for_person: Person | None = None,
) -> AccessRequest:
    """Ask for scopes on a case's tenant and return the waiting request. `for_person` is the named user where it is not the actor.

    Raises `MayNotAsk`, `CaseClosed`, `AskedAlready` for a double click, `Invalid` with one sentence a field.
    """
    ask = Ask(frozenset(scopes), minutes, reason.strip(), starts_at)
    person = for_person or actor
    try:
        with transaction.atomic(durable=True):
            return _ask(actor, person, case_id, ask)
    except IntegrityError as error:
        if broken_constraint(error) != "grants_request_asked_once":
            raise
    raise AskedAlready("The same request waits for a decision already.", state="pending")


def _ask(actor: Person, person: Person, case_id: UUID, ask: Ask) -> AccessRequest:
    case, powers = lock_case(actor, case_id)
    now = database_now()
    ceremony = _check(case, person, powers, ask, now)
    request = write_request(case, Askers(actor, person), ask, ceremony, now=now)
    _record_ask(actor, person, request, ask)
    tell_about_request(Outbox.Kind.ASKED, request, now)
    return request


def _check(case: Case, person: Person, powers: Powers, ask: Ask, now: datetime) -> Ceremony:
    """Return the ceremony for what is asked, or raise `Invalid` with every fault at once."""
    known = roles_in_force().scopes
    rules = rules_in_force()
    errors = {}
    theirs = powers_of(person, fresh=True)
    if not {"ask", "act"} & theirs.may or not in_reach(person, theirs, case.tenant):
        errors["for_person"] = "This person works with no access to this tenant."
    scopes = policy.scopes_fault(ask.scopes, known, powers.asks_for & theirs.asks_for & set(rules.ceremonies))
    held = "" if scopes else _held(person, case, ask, now)
    if scopes or held:
        errors["scopes"] = scopes or held
    start = policy.start_fault(ask.starts_at, now)
    if start:
        errors["starts_at"] = start
    reason = policy.reason_fault(ask.reason, ticket=case.ticket, rules=rules.reason)
    if reason:
        errors["reason"] = f"{reason} {policy.better_reason(case.issue, _sentences(ask, known))}"
    if scopes:
        raise Invalid(errors)
    ceremony = rules.ceremony_for(known[scope].consequence for scope in ask.scopes)
    minutes = policy.minutes_fault(ask.minutes, ceremony)
    if minutes:
        errors["minutes"] = minutes
    if errors:
        raise Invalid(errors)
    return ceremony


def _sentences(ask: Ask, known: dict[str, Scope]) -> list[str]:
    return [known[scope].may for scope in sorted(ask.scopes) if scope in known]


def _held(person: Person, case: Case, ask: Ask, now: datetime) -> str:
    """Return which asked scope the person holds at the asked start, or an empty text."""
    start = ask.starts_at or now
    held = (
        GrantScope.objects.filter(
            person=person, tenant=case.tenant_id, scope__in=ask.scopes, starts_at__lte=start, until__gt=start
        )
        .order_by("-until")
        .first()
    )
    if held is None:
        return ""
    sentence = roles_in_force().scopes[held.scope].may
    return f"“{sentence}” is held already, until {held.until:%H:%M} UTC. Ask for more time there."


def _record_ask(actor: Person, person: Person, request: AccessRequest, ask: Ask) -> None:
    record(
        "access.requested",
        actor=actor.as_actor(),
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=request.trail(),
        approval_state=request.status,
        scopes=sorted(ask.scopes),
        minutes=ask.minutes,
        for_person=person.display_name if person.pk != actor.pk else "",
        starts_at=ask.starts_at.isoformat() if ask.starts_at else "",
        approvals_needed=request.approvals_needed,
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
        request.status, request.closed_at = AccessRequest.Status.WITHDRAWN, now
        request.save(update_fields=["status", "closed_at"])
        record(
            "request.withdrawn",
            actor=actor.as_actor(),
            tenant=request.tenant.as_ref(),
            obj=request.as_ref(),
            trail=request.trail(),
            approval_state=request.status,
            comment=comment.strip(),
        )
        tell_about_request(Outbox.Kind.WITHDRAWN, request, now)
    return request

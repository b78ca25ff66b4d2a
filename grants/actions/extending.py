"""The verb that asks for more time on access that lives: a request of its own, with a reason of its own."""

from dataclasses import replace
from datetime import datetime
from math import ceil
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import roles_in_force
from audit.actions import record
from grants import policy
from grants.access_rules import Ceremony
from grants.actions.asking import AskedAlready
from grants.actions.building import Ask, Askers, lock_case, write_request
from grants.actions.errors import about, broken_constraint
from grants.actions.starting import NothingToExtend
from grants.consent.actions.asking import words_for
from grants.models import AccessRequest, Grant, Outbox
from grants.notifications import tell_about_request
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid, Refused


class NotYourAccess(Refused):
    code = "not_your_access"


def extend(*, actor: Person, grant_id: UUID, minutes: int, reason: str) -> AccessRequest:
    """Ask for more minutes on one's own live grant and return the waiting request; its approval moves the end.

    Raises `NotYourAccess`, `NothingToExtend` for access that is over, `AskedAlready`, `Invalid` beyond the longest window or the number
    of extensions.
    """
    try:
        with transaction.atomic(durable=True):
            return _extend(actor, grant_id, minutes, reason.strip())
    except IntegrityError as error:
        if broken_constraint(error) != "grants_request_asked_once":
            raise
    raise AskedAlready("An extension waits for a decision already.", state="pending")


def _extend(actor: Person, grant_id: UUID, minutes: int, reason: str) -> AccessRequest:
    case, _powers = lock_case(actor, Grant.objects.values_list("case_id", flat=True).get(pk=grant_id))
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("case", "tenant", "request")
        .get(pk=grant_id)
    )
    now = database_now()
    _guard(actor, grant, now)
    ask = Ask(frozenset(grant.scopes.values_list("scope", flat=True)), minutes, reason)
    ceremony = _check(grant, ask)
    request = write_request(case, Askers(actor, actor), ask, ceremony, now=now, extends=grant)
    record(
        "extension.requested",
        actor=actor.as_actor(),
        tenant=grant.tenant.as_ref(),
        obj=request.as_ref(),
        trail=replace(request.trail(), grant_id=grant.pk),
        approval_state=request.status,
        minutes=minutes,
        scopes=sorted(ask.scopes),
        consent=words_for(request),
    )
    tell_about_request(Outbox.Kind.ASKED, request, now)
    return request


def _guard(actor: Person, grant: Grant, now: datetime) -> None:
    fault: Refused | NothingToExtend | None = None
    if actor.pk != grant.person_id:
        fault = NotYourAccess("Only the holder asks for more time.")
    elif grant.request.kind == AccessRequest.Kind.BREAK_GLASS:
        fault = NothingToExtend(
            "An emergency start is not extended. Ask for an approval.", state="break-glass"
        )
    elif (
        policy.state_at(now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at)
        == "ended"
    ):
        fault = NothingToExtend("This access is over. Ask for it anew.", state="ended")
    if fault:
        raise about(fault, tenant=grant.tenant, trail=grant.trail())


def _check(grant: Grant, ask: Ask) -> Ceremony:
    """Return the ceremony of the grant's scopes under the policy in force, or raise `Invalid` with every fault."""
    known, rules = roles_in_force().scopes, rules_in_force()
    consequences = {known[scope].consequence for scope in ask.scopes if scope in known}
    if any(scope not in known for scope in ask.scopes) or not consequences <= set(rules.ceremonies):
        raise Invalid({"minutes": "The policy no longer gives all of this, so it is not extended."})
    ceremony = rules.ceremony_for(consequences)
    errors = {}
    held = ceil((grant.expires_at - grant.counts_from).total_seconds() / 60)
    left = min(ceremony.longest_minutes, grant.request.longest_minutes) - held
    earlier = AccessRequest.objects.filter(
        extends__request_id=grant.request_id, status=AccessRequest.Status.APPROVED
    ).count()
    if earlier >= policy.MOST_EXTENSIONS:
        errors["minutes"] = (
            f"Access is extended at most {policy.MOST_EXTENSIONS} times. Ask for it anew when it has ended."
        )
    elif not 1 <= ask.minutes <= left:
        errors["minutes"] = f"The policy leaves {max(0, left)} more minutes for this access."
    reason = policy.reason_fault(ask.reason, ticket=grant.case.ticket, rules=rules.reason)
    if not reason and ask.reason == grant.request.reason:
        reason = "Say what has come up since the first request."
    if reason:
        errors["reason"] = reason
    if errors:
        raise Invalid(errors)
    return ceremony

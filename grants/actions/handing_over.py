"""The verb of the shift's end: what is left of an access goes to a named colleague, under their own name."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from audit.actions import record
from audit.refs import Ref
from grants import policy
from grants.actions.errors import about, broken_constraint
from grants.actions.extending import NotYourAccess
from grants.chain import chain_of
from grants.models import AccessRequest, Approval, Grant, GrantScope, Outbox
from grants.notifications import spread, tell_about_grants
from grants.reach import in_reach
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid


class NothingToHandOver(Conflict):
    code = "nothing_to_hand_over"


def hand_over(*, actor: Person, grant_id: UUID, person: Person, comment: str = "") -> Grant:
    """End one's own live grant and give its remaining time to a colleague with the same rights; return the colleague's grant.

    Raises `NotYourAccess`, `NothingToHandOver`, `Invalid` for a colleague who may not hold it or who decided on it.
    """
    try:
        with transaction.atomic(durable=True):
            return _hand_over(actor, grant_id, person, comment.strip())
    except IntegrityError as error:
        if broken_constraint(error) != "grants_grantscope_never_twice":
            raise
    raise Invalid({"person": "They hold one of these on this tenant already."})


def _hand_over(actor: Person, grant_id: UUID, person: Person, comment: str) -> Grant:
    AccessRequest.objects.select_for_update(of=("self", "case")).select_related("case").get(grants=grant_id)
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("case", "tenant", "request", "person")
        .get(pk=grant_id)
    )
    now = database_now()
    fault: NotYourAccess | NothingToHandOver | None = None
    if actor.pk != grant.person_id:
        fault = NotYourAccess("Only the holder hands access over.")
    elif grant.request.kind == AccessRequest.Kind.BREAK_GLASS:
        fault = NothingToHandOver(
            "An emergency start stays with the person who made it.", state="break-glass"
        )
    elif (
        policy.state_at(now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at)
        != "live"
    ):
        fault = NothingToHandOver("This access is not live.", state="ended")
    if fault:
        raise about(fault, tenant=grant.tenant, trail=grant.trail())
    _check(grant, person)
    taken = pass_on(grant, actor, person, now)
    record(
        "grant.handed_over",
        actor=actor.as_actor(),
        tenant=grant.tenant.as_ref(),
        obj=taken.as_ref(),
        subject=Ref("person", str(person.pk), person.display_name),
        trail=grant.trail(),
        until=written(taken.expires_at),
        new_grant=str(taken.pk),
        comment=comment,
    )
    tell_about_grants(Outbox.Kind.HANDED_OVER, [taken], now)
    return taken


def _check(grant: Grant, person: Person) -> None:
    known, rules = roles_in_force().scopes, rules_in_force()
    powers = powers_of(person, fresh=True)
    scopes = set(grant.scopes.values_list("scope", flat=True))
    fault = ""
    if person.pk == grant.person_id:
        fault = "Name a colleague."
    elif Approval.objects.filter(decider=person, request_id__in=chain_of(grant)).exists():
        fault = "They decided on this request, so they cannot use it."
    elif not person.is_active or not in_reach(person, powers, grant.tenant):
        fault = "They do not work with this tenant."
    elif policy.scopes_fault(scopes, known, powers.asks_for & set(rules.ceremonies)):
        fault = "Their role could not ask for all of this."
    if fault:
        raise Invalid({"person": fault})


def pass_on(grant: Grant, actor: Person, person: Person, now: datetime) -> Grant:
    """End a grant at a moment and write the one that holds what is left of it, in the verb's transaction; return the new one."""
    grant.status, grant.ended_at = Grant.Status.ENDED, now
    grant.end_cause, grant.ended_by = Grant.Cause.HANDED_OVER, actor
    grant.save(update_fields=["status", "ended_at", "end_cause", "ended_by"])
    spread([grant])
    taken = Grant(
        case_id=grant.case_id,
        request_id=grant.request_id,
        tenant_id=grant.tenant_id,
        person=person,
        digest=grant.digest,
        status=Grant.Status.LIVE,
        starts_at=now,
        expires_at=grant.expires_at,
        handed_over_from=grant,
    )
    taken.save(force_insert=True)
    GrantScope.objects.bulk_create(
        GrantScope(
            grant=taken,
            request_id=grant.request_id,
            scope=row.scope,
            consequence=row.consequence,
            person=person,
            tenant_id=grant.tenant_id,
            starts_at=now,
            until=grant.expires_at,
        )
        for row in grant.scopes.all()
    )
    return taken

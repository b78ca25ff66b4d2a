"""The verbs that end access before its time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.refs import SYSTEM, Ref
from grants import policy
from grants.actions.errors import about
from grants.models import Grant, Outbox
from grants.notifications import spread, tell_about_grants
from grants.reach import decides_for
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Refused

WITH = ("case", "tenant", "person", "request")


class MayNotRevoke(Refused):
    code = "may_not_revoke"


class EndedAlready(Conflict):
    code = "ended_already"


def revoke(*, actor: Person, grant_id: UUID, comment: str = "") -> Grant:
    """End a grant now and return it: given back by its holder, or revoked by whoever decides on such requests or manages people.

    Raises `MayNotRevoke`, `EndedAlready` for a grant whose time is over or that somebody else ended.
    """
    with transaction.atomic(durable=True):
        grant = _lock(grant_id)
        now = database_now()
        if not may_revoke(actor, grant):
            error = MayNotRevoke(
                "Only the holder, an approver or an administrator ends this access.", scope="decide"
            )
            raise about(error, tenant=grant.tenant, trail=grant.trail())
        if (
            policy.state_at(
                now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at
            )
            == "ended"
        ):
            over = min(grant.ended_at or grant.expires_at, grant.expires_at)
            error_over = EndedAlready(f"This access ended at {over:%H:%M:%S} UTC.", state="ended")
            raise about(error_over, tenant=grant.tenant, trail=grant.trail())
        cause = Grant.Cause.GIVEN_BACK if actor.pk == grant.person_id else Grant.Cause.REVOKED
        _end(grant, actor, cause, comment.strip(), now)
    return grant


def end_all_of(*, actor: Person | None, person: Person, reason: str) -> list[str]:
    """End every grant of a person who leaves, within that verb, and return a sentence for each; registered as an ender.

    The caller's door decides who may off-board; access that is over already is left to the sweep. `actor` None is the console itself.
    """
    rows = Grant.objects.select_for_update(of=("self",)).select_related(*WITH)
    found = list(rows.filter(person=person, ended_at__isnull=True).order_by("pk"))
    now = database_now()
    live = [grant for grant in found if now < grant.expires_at]
    _end_many(live, actor, Grant.Cause.OFF_BOARDED, reason.strip(), now)
    return [f"Access to {grant.tenant} under ticket {grant.case.ticket} was ended." for grant in live]


def end_by_rule(person: Person, why: str, now: datetime) -> int:
    """End what a person holds right now because a rule of the policy says so, within the verb that found it, and return how many."""
    live = list(Grant.objects.filter(person=person).live_at(now).values_list("pk", flat=True))
    for grant_id in live:
        _end(_lock(grant_id), None, Grant.Cause.REVOKED, why, now)
    return len(live)


def _lock(grant_id: UUID) -> Grant:
    return Grant.objects.select_for_update(of=("self",)).select_related(*WITH).get(pk=grant_id)


def _end(grant: Grant, actor: Person | None, cause: Grant.Cause, comment: str, now: datetime) -> None:
    _end_many([grant], actor, cause, comment, now)


def _end_many(
    grants: list[Grant], actor: Person | None, cause: Grant.Cause, comment: str, now: datetime
) -> None:
    """End locked grants for one cause in a few statements, each with its event."""
    ended = {"end_cause": cause, "status": Grant.Status.ENDED, "ended_at": now, "ended_by": actor}
    Grant.objects.filter(pk__in=[grant.pk for grant in grants]).update(**ended)
    for grant in grants:
        for name, value in ended.items():
            setattr(grant, name, value)
        record(
            "grant.ended",
            actor=actor.as_actor() if actor else SYSTEM,
            tenant=grant.tenant.as_ref(),
            obj=grant.as_ref(),
            subject=Ref("person", str(grant.person_id), grant.person.display_name),
            trail=grant.trail(),
            cause=cause.label.lower(),
            by=actor.display_name if actor else "",
            comment=comment,
        )
    spread(grants)
    tell_about_grants(Outbox.Kind.ENDED, grants, now)


def may_revoke(actor: Person, grant: Grant) -> bool:
    """Tell whether a person may end a grant; ending is always less, so the door is wider than for approving."""
    if actor.pk in (grant.person_id, grant.request.requester_id):
        return True
    powers = powers_of(actor, fresh=True)
    if "manage_people" in powers.may:
        return True
    return "decide" in powers.may and bool(powers.decides) and decides_for(actor, powers, grant.tenant)

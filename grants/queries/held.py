"""What somebody can do under live access right now, each scope asked as when it is used; registered as an explainer."""

from datetime import datetime
from uuid import UUID

from accounts.effective.uses import uses_of
from accounts.models import Person
from accounts.queries import roles_in_force
from grants.backends import LiveGrant, live_grant
from grants.models import Grant
from opsconsole.lib.clock import database_now
from opsconsole.lib.holdings import Holding


def held_through_grants(*, person: Person, tenant_id: str = "") -> list[Holding]:
    """Return each live grant with the scopes that `live_grant` allows at this moment; one that allows none is left out."""
    if not person.is_active:
        return []
    open_ones = Grant.objects.filter(person=person).live_at(database_now()).select_related("case", "tenant")
    if tenant_id:
        open_ones = open_ones.filter(tenant=UUID(tenant_id))
    found, uses = [], uses_of(person, tenant_id)
    for grant in open_ones.prefetch_related("scopes", "request__approvals__decider"):
        live = {
            row.scope: held
            for row in grant.scopes.all()
            if (held := live_grant(person, row.scope, grant.tenant))
        }
        if live:
            found.append(_holding(grant, live, uses.last("grant", grant_id=str(grant.pk))))
    return found


def _holding(grant: Grant, live: dict[str, LiveGrant], last_used: datetime | None) -> Holding:
    deciders = {
        str(row.decider)
        for row in grant.request.approvals.all()
        if row.decider_id and row.decision == "approve"
    }
    approved = f", approved by {' and '.join(sorted(deciders))}" if deciders else ""
    scopes = roles_in_force().scopes
    return Holding(
        key=str(grant.pk),
        kind="grant",
        through=f"access under ticket {grant.case.ticket}{approved}",
        may=tuple(scopes[key].may for key in live),
        on=str(grant.tenant),
        since=grant.starts_at,
        scopes=tuple(live),
        until=max(held.until for held in live.values()),
        last_used=last_used,
        tenant_id=str(grant.tenant_id),
        url=grant.get_absolute_url(),
    )

"""How a request comes to be, for a first asking and for an extension alike; called under the case's lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Person
from accounts.queries import Powers, powers_of, roles_in_force
from audit.policies import active_policy
from grants import policy
from grants.access_rules import Ceremony
from grants.actions.cases import MayNotAsk
from grants.actions.errors import about
from grants.consent.actions.asking import plan_consent, write_ask
from grants.digest import digest_of, same_question
from grants.models import AccessRequest, Case, Grant, RequestScope
from grants.reach import in_reach
from grants.rules import rules_in_force
from opsconsole.lib.errors import Conflict


class CaseClosed(Conflict):
    code = "case_closed"


class CaseWaits(Conflict):
    """The helpdesk opened it and nobody has taken it: access without somebody who answers for the case is never asked for."""

    code = "case_waits"


class TenantSuspended(Conflict):
    """The directory says that the tenant is suspended; which words say so stands in the policy."""

    code = "tenant_suspended"


@dataclass(frozen=True)
class Ask:
    """What is asked for: scopes, minutes, why, a start where it is not the approval, and the preset it was built from."""

    scopes: frozenset[str]
    minutes: int
    reason: str
    starts_at: datetime | None = None
    preset: str = ""
    kind: str = AccessRequest.Kind.ASKED


def lock_case(actor: Person, case_id: UUID) -> tuple[Case, Powers]:
    """Lock an open case and return it with the actor's powers. Raises `MayNotAsk`, `CaseClosed`, `CaseWaits`."""
    case = Case.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=case_id)
    powers = powers_of(actor, fresh=True)
    if "ask" not in powers.may or not in_reach(actor, powers, case.tenant):
        error = MayNotAsk("You may not ask for access to this tenant.", scope="ask")
        raise about(error, tenant=case.tenant, trail=case.trail())
    if case.status != Case.Status.OPEN:
        raise CaseClosed("This case is closed. Open a new one for the ticket.", state=case.status)
    if case.owner_id is None:
        raise CaseWaits("Nobody has this case yet. Take it first.", state="waiting")
    if rules_in_force().is_suspended(case.tenant.status):
        fault = TenantSuspended("The tenant is suspended, so nobody gets access to it.", state="suspended")
        raise about(fault, tenant=case.tenant, trail=case.trail())
    return case, powers


@dataclass(frozen=True)
class Askers:
    """Who asks, who would use it, and who answers for it where that is not the case's owner."""

    requester: Person
    person: Person
    owner: Person | None = None


def write_request(
    case: Case, askers: Askers, ask: Ask, ceremony: Ceremony, *, now: datetime, extends: Grant | None = None
) -> AccessRequest:
    """Write a waiting request with its scopes and its digest, pinned to the policy in force, and what it asks of the customer.

    Raises `Invalid` for a customer who never agrees.
    """
    request = AccessRequest(
        case=case,
        tenant=case.tenant,
        environment=case.tenant.environment,
        region=case.tenant.region,
        requester=askers.requester,
        person=askers.person,
        owner=askers.owner,
        kind=ask.kind,
        preset=ask.preset,
        extends=extends,
        reason=ask.reason,
        minutes=ask.minutes,
        starts_at=ask.starts_at,
        policy_version=active_policy().version,
        longest_minutes=ceremony.longest_minutes,
        approvals_needed=ceremony.approvals,
        scope_count=len(ask.scopes),
        same_as=same_question(case_id=case.pk, person_id=askers.person.pk, scopes=ask.scopes),
        asked_at=now,
        pending_until=now + timedelta(minutes=ceremony.pending_minutes),
    )
    known = roles_in_force().scopes
    plan = plan_consent(request, {known[scope].consequence for scope in ask.scopes}, now)
    request.digest = digest_of(request, policy.Decided(ask.scopes, ask.minutes))
    request.save(force_insert=True)
    RequestScope.objects.bulk_create(
        RequestScope(request=request, scope=scope, consequence=known[scope].consequence)
        for scope in sorted(ask.scopes)
    )
    write_ask(request, plan, ask.scopes, now)
    return request

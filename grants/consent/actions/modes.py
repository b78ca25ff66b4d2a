"""The verb that says how one customer takes part."""

from django.db import transaction

from accounts.models import Person
from audit.actions import record
from grants.consent.actions.linking import guard_manager
from grants.consent.standing import own_mode
from grants.models import ConsentMode, Mode
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid
from tenants.models import Tenant

BY_POLICY = "as the policy says"
SHORTEST = 10  # characters of a reason


class SetAlready(Conflict):
    code = "set_already"


def set_mode(*, actor: Person, tenant: Tenant, mode: str, reason: str) -> ConsentMode:
    """Set how a customer takes part before access, for what is asked from now on; an empty mode goes back to the policy.

    A stricter mode also stops requests that wait. Raises `MayNotManageConsent`, `SetAlready`, `Invalid`.
    """
    reason = " ".join(reason.split())
    with transaction.atomic(durable=True):
        Tenant.objects.select_for_update(of=("self",)).get(pk=tenant.pk)
        guard_manager(actor, tenant)
        _check(mode, reason)
        before = own_mode(tenant)
        if (before.mode if before else "") == mode:
            raise SetAlready("This is how it is set already.", state=mode or "policy")
        row = ConsentMode(tenant=tenant, mode=mode, reason=reason, set_by=actor, set_at=database_now())
        row.save(force_insert=True)
        record(
            "consent.mode_set",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            mode=_words(mode),
            before=_words(before.mode if before else ""),
            reason=reason,
        )
    return row


def _words(mode: str) -> str:
    return Mode(mode).label.lower() if mode else BY_POLICY


def _check(mode: str, reason: str) -> None:
    errors = {}
    if mode and mode not in Mode.values:
        errors["mode"] = "Choose one of the ways on the page."
    if len(reason) < SHORTEST:
        errors["reason"] = "Say what the customer asked for and where that stands, in a sentence."
    if errors:
        raise Invalid(errors)

"""Making, revoking and opening a customer's link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.refs import SYSTEM, Actor, Trail
from grants.actions.errors import about
from grants.consent.rules import consent_rules_in_force
from grants.consent.standing import consent_of
from grants.consent.tokens import digest_of_token, token_of
from grants.models import AccessRequest, CustomerLink, CustomerMail, Mode
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tenants.models import Tenant


class MayNotManageConsent(Refused):
    code = "may_not_manage_consent"


class LinkIsOver(Conflict):
    """The link has expired or was revoked."""

    code = "link_is_over"


@dataclass(frozen=True)
class MadeLink:
    """A link and its signed text, which is known this once."""

    link: CustomerLink
    token: str


def customer_of(tenant: Tenant) -> Actor:
    """Return whoever holds a customer's link as the actor of an event: the product's side, never a person of ours."""
    return Actor("product", str(tenant.pk), f"An administrator of {tenant.name}")


def guard_manager(actor: Person, tenant: Tenant) -> None:
    """Raise `MayNotManageConsent` for anybody who does not manage people."""
    if "manage_people" not in powers_of(actor, fresh=True).may:
        error = MayNotManageConsent(
            "Only an administrator of the console changes how a customer takes part.", scope="manage_people"
        )
        raise about(error, tenant=tenant, trail=Trail())


def make_ledger_link(*, actor: Person, tenant: Tenant, reason: str) -> MadeLink:
    """Make a link to the ledger of one tenant's past accesses and return it with its text. Raises `MayNotManageConsent`, `Invalid`."""
    reason = reason.strip()
    with transaction.atomic(durable=True):
        guard_manager(actor, tenant)
        if not reason:
            raise Invalid({"reason": "Say who asked for it and why."})
        now = database_now()
        until = now + timedelta(days=consent_rules_in_force().ledger_days)
        link = _link(CustomerLink.Kind.LEDGER, tenant, now, until, reason=reason, made_by=actor)
        record(
            "customer_link.made",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            obj=link.as_ref(),
            what="its ledger",
            until=f"{until:%-d %b %Y, %H:%M} UTC",
            reason=reason,
        )
    return MadeLink(link, token_of(link.pk))


def make_receipt(*, tenant: Tenant, about: UUID, now: datetime) -> CustomerLink:
    """Make the link to what an app above keeps under `about`, and queue its mail, in the verb's transaction; without a contact no mail."""
    until = now + timedelta(days=consent_rules_in_force().ledger_days)
    link = _link(CustomerLink.Kind.RECEIPT, tenant, now, until, about=about)
    if tenant.consent_contact:
        CustomerMail(link=link, made_at=now, next_try_at=now).save(force_insert=True)
    return link


def revoke_link(*, actor: Person, link_id: UUID) -> CustomerLink:
    """End a link at once and return it. Raises `MayNotManageConsent`, `LinkIsOver` where it has ended already."""
    with transaction.atomic(durable=True):
        link = (
            CustomerLink.objects.select_for_update(of=("self",))
            .select_related("tenant", "request__case")
            .get(pk=link_id)
        )
        guard_manager(actor, link.tenant)
        now = database_now()
        if link.revoked_at or link.expires_at <= now:
            raise LinkIsOver("This link has ended already.", state="ended")
        _revoke(link, actor.as_actor(), now)
    return link


def _revoke(link: CustomerLink, actor: Actor, now: datetime) -> None:
    link.revoked_at = now
    link.save(update_fields=["revoked_at"])
    record(
        "customer_link.revoked",
        actor=actor,
        tenant=link.tenant.as_ref(),
        obj=link.as_ref(),
        trail=link.request.trail() if link.request else Trail(),
        what=link.get_kind_display().lower(),
    )


def end_links_of(*, person: Person, actor: Person | None, reason: str) -> list[str]:
    """End the ledger links that somebody who leaves has made: whoever saw one opens it without signing in. An ender."""
    del reason  # it stands in the event of the off-boarding
    now = database_now()
    made = CustomerLink.objects.select_for_update(of=("self",)).select_related("tenant", "request__case")
    live = list(made.filter(made_by=person, revoked_at=None, expires_at__gt=now).order_by("pk"))
    for link in live:
        _revoke(link, actor.as_actor() if actor else SYSTEM, now)
    return [
        f"The link to the ledger of {link.tenant} that they made ended; the customer may need another."
        for link in live
    ]


def note_opened(*, link: CustomerLink, what: str, by: Person | None, trail: Trail = Trail()) -> None:
    """Write down that a customer's page was opened, by them or by somebody of ours; nothing else comes of opening one."""
    with transaction.atomic(durable=True):
        record(
            "customer_link.opened",
            actor=by.as_actor() if by else customer_of(link.tenant),
            tenant=link.tenant.as_ref(),
            obj=link.as_ref(),
            trail=link.request.trail() if link.request else trail,
            authority="none",
            what=what,
        )


def ask_by_link(request: AccessRequest, now: datetime) -> CustomerLink | None:
    """Make the link of a request and queue its mail, in the verb's transaction; earlier links of it end. None without a contact."""
    if not request.tenant.consent_contact:
        return None
    live = Q(revoked_at__isnull=True, expires_at__gt=now)
    CustomerLink.objects.filter(live, request=request).update(revoked_at=now)
    until = max(now, request.starts_at or now) + timedelta(minutes=consent_rules_in_force().link_minutes)
    link = _link(CustomerLink.Kind.CONSENT, request.tenant, now, until, request=request)
    CustomerMail(link=link, made_at=now, next_try_at=now).save(force_insert=True)
    return link


def tell_customer(request: AccessRequest, now: datetime) -> None:
    """Queue a mail to a customer who is told of access that begins or lasts longer, in the verb's transaction."""
    consent = consent_of(request)
    if consent.ask and consent.mode == Mode.NOTIFY:
        ask_by_link(request, now)


def _link(
    kind: CustomerLink.Kind,
    tenant: Tenant,
    now: datetime,
    until: datetime,
    *,
    request: AccessRequest | None = None,
    about: UUID | None = None,
    reason: str = "",
    made_by: Person | None = None,
) -> CustomerLink:
    link = CustomerLink(
        kind=kind,
        tenant=tenant,
        request=request,
        about=about,
        reason=reason,
        made_by=made_by,
        made_at=now,
        expires_at=until,
    )
    link.digest = digest_of_token(token_of(link.pk))
    link.save(force_insert=True)
    return link

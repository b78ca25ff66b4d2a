"""The verb of `/oauth/authorize`: a handle becomes a code, in the browser of the agent it was made for."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import Person
from audit.actions import record
from grants.actions.errors import about
from impersonation.models import Code, Handle
from impersonation.oauth.asked import Asked
from impersonation.oauth.digests import digest
from impersonation.oauth.errors import HandOffRefused
from impersonation.oauth.product_rules import product_in_force
from impersonation.queries import state_of
from opsconsole.lib.clock import database_now

CODE_SECONDS = 60
AGAIN = "Open the product anew from the session's page."


def authorize(*, actor: Person, asked: Asked, browser: str) -> dict[str, str]:
    """Return what the product's callback gets: a code, the state it sent, and who answers (RFC 9207).

    The handle is used up, whatever comes of it. Raises `HandOffRefused` for a handle that is unknown, used, late, or somebody else's.
    """
    code = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        refusal = _take(actor, asked, browser, code)
    if refusal is not None:
        raise refusal
    return {"code": code, "state": asked.state, "iss": settings.PUBLIC_URL}


def _take(actor: Person, asked: Asked, browser: str, code: str) -> HandOffRefused | None:
    found = Handle.objects.select_for_update(of=("self",)).select_related(
        "session__tenant", "session__case", "session__grant"
    )
    handle = found.filter(digest=digest(asked.handle)).first()
    if handle is None:
        return HandOffRefused(f"This way into the product is not known. {AGAIN}", code="handle")
    now, session = database_now(), handle.session
    refusal = _why_not(actor, handle, browser, now)
    if handle.used_at is None:
        handle.used_at = now
        handle.save(update_fields=["used_at"])
    if refusal is not None:
        return about(refusal, tenant=session.tenant, trail=session.trail())
    product = product_in_force()
    Code.objects.create(
        digest=digest(code),
        handle=handle,
        session=session,
        client_id=product.client_id,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        nonce=asked.nonce,
        made_at=now,
        expires_at=now + timedelta(seconds=CODE_SECONDS),
    )
    record(
        "session.code_given",
        actor=actor.as_actor(),
        tenant=session.tenant.as_ref(),
        obj=session.as_ref(),
        subject=session.subject_ref(),
        trail=session.trail(),
        authority="grant",
        product=product.name,
    )
    return None


def _why_not(actor: Person, handle: Handle, browser: str, now: datetime) -> HandOffRefused | None:
    if handle.session.agent_id != actor.pk or handle.browser != digest(browser):
        return HandOffRefused("This way into the product was made for another browser.", code="browser")
    if handle.used_at is not None:
        return HandOffRefused(f"This way into the product was used before. {AGAIN}", code="used")
    if now >= handle.expires_at:
        return HandOffRefused(f"This way into the product was open for 30 seconds. {AGAIN}", code="late")
    if not state_of(handle.session_id).live:
        return HandOffRefused("This session is over.", code="over")
    return None

"""The verb behind "Open the product"."""

import secrets
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404

from accounts.models import Person
from audit.actions import record
from grants.actions.errors import about
from impersonation.models import Handle, SupportSession
from impersonation.oauth.digests import digest
from impersonation.oauth.errors import HandOffRefused
from impersonation.oauth.keys import signing_key
from impersonation.oauth.product_rules import product_in_force
from impersonation.queries import state_of
from opsconsole.lib.clock import database_now

HANDLE_SECONDS = 30


def open_in_product(*, actor: Person, session_id: UUID, browser: str) -> str:
    """Return the product's address that begins the hand-off, with a handle good once, for 30 seconds, in this browser.

    `browser` is the key of the agent's own console session. Raises `Http404` for somebody else's session, `HandOffRefused` for one that
    is over or acts as nobody, `NoProduct`, `NoSigningKeys`.
    """
    session = _own(actor, session_id)
    product = product_in_force()
    start, target = product.url("start_path"), f"{product.base()}/"
    signing_key()
    with transaction.atomic(durable=True):
        if not session.subject_id:
            raise _refused(
                session, "This session acts as nobody, so there is nothing to open in the product."
            )
        if not browser or not state_of(session.pk).live:
            raise _refused(session, "This session is over. Start a new one under a grant that lives.")
        secret, now = secrets.token_urlsafe(32), database_now()
        Handle.objects.create(
            digest=digest(secret),
            session=session,
            browser=digest(browser),
            made_at=now,
            expires_at=now + timedelta(seconds=HANDLE_SECONDS),
        )
        record(
            "session.product_opening",
            actor=actor.as_actor(),
            tenant=session.tenant.as_ref(),
            obj=session.as_ref(),
            subject=session.subject_ref(),
            trail=session.trail(),
            authority="grant",
            product=product.name,
        )
    asked = {"iss": settings.PUBLIC_URL, "login_hint": secret, "target_link_uri": target}
    return f"{start}?{urlencode(asked)}"


def _own(actor: Person, session_id: UUID) -> SupportSession:
    found = SupportSession.objects.select_related("tenant", "case", "grant").filter(
        pk=session_id, agent=actor
    )
    session = found.first()
    if session is None:
        raise Http404
    return session


def _refused(session: SupportSession, sentence: str) -> HandOffRefused:
    return about(HandOffRefused(sentence), tenant=session.tenant, trail=session.trail())

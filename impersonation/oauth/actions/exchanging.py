"""The verb of `/oauth/token`: a code becomes a token, once. A code that comes back ends the session it opened (RFC 9700, 4.5)."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.actions import record
from audit.refs import Actor
from grants.actions.errors import about
from impersonation.actions import end_session
from impersonation.models import Code, SupportSession
from impersonation.oauth.claims import claims_of
from impersonation.oauth.digests import digest, fits_challenge
from impersonation.oauth.errors import GrantRefused
from impersonation.oauth.keys import signed
from impersonation.oauth.product_rules import Product, product_in_force
from impersonation.product import tokens
from impersonation.queries import state_of
from opsconsole.lib.clock import database_now


def exchange_code(*, client_id: str, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """Return the token answer for a code. Raises `GrantRefused`; the first try uses the code up, right or wrong.

    A code that was used ends its session, with an event of high sensitivity besides the end's own.
    """
    with transaction.atomic(durable=True):
        locked = Code.objects.select_for_update(of=("self",)).select_related(
            "session__tenant", "session__case", "session__grant", "session__agent"
        )
        row = locked.filter(digest=digest(code), client_id=client_id).first()
        if row is None:
            raise GrantRefused("This code is not known.")
        answer = _alarm(row) if row.used_at else _exchange(row, verifier, redirect_uri)
    if isinstance(answer, GrantRefused):
        raise about(answer, tenant=row.session.tenant, trail=row.session.trail())
    return answer


def _exchange(row: Code, verifier: str, redirect_uri: str) -> dict[str, Any] | GrantRefused:
    now, state = database_now(), state_of(row.session_id)
    refusal = _why_not(row, verifier, redirect_uri, now)
    if refusal is None and not state.live:
        refusal = GrantRefused("This session is over.", code="over")
    row.used_at, row.token_id = now, None if refusal else uuid.uuid4()
    row.save(update_fields=["used_at", "token_id"])
    if refusal is not None:
        return refusal
    session, product = row.session, product_in_force()
    if session.opened_at is None:
        session.opened_at = now
        session.save(update_fields=["opened_at"])
    record("session.entered", **_about(session), authority="grant", product=product.name)
    claims = {**claims_of(session, state), "nonce": row.nonce, "jti": str(row.token_id)}
    return {
        "access_token": signed(tokens.SESSION, product.client_id, now.timestamp(), claims),
        "token_type": "N_A",  # it opens nothing by being carried: the product keeps it to itself (RFC 8693, section 2.2.1)
        "issued_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "expires_in": 60,
        "scope": claims["scope"],
    }


def _why_not(row: Code, verifier: str, redirect_uri: str, now: datetime) -> GrantRefused | None:
    if now >= row.expires_at:
        return GrantRefused("This code was good for a minute.", code="late")
    if redirect_uri != row.redirect_uri:
        return GrantRefused("This code was made for another address.", code="redirect_uri")
    if not 43 <= len(verifier) <= 128 or not fits_challenge(verifier, row.challenge):
        return GrantRefused("This code was made for another browser.", code="pkce")
    return None


def _alarm(row: Code) -> GrantRefused:
    about_it = _about(row.session) | {"actor": caller(product_in_force())}
    record("session.code_reused", **about_it, authority="none", outcome="failed")
    end_session(actor=None, session_id=row.session_id, cause=SupportSession.Cause.CODE_REUSED)
    return GrantRefused("This code was used before; the session it opened has ended.", code="reused")


def caller(product: Product) -> Actor:
    """Return the product as the actor of an event."""
    return Actor("product", product.client_id, product.name)


def _about(session: SupportSession) -> dict[str, Any]:
    return {
        "actor": session.agent.as_actor(),
        "tenant": session.tenant.as_ref(),
        "obj": session.as_ref(),
        "subject": session.subject_ref(),
        "trail": session.trail(),
    }

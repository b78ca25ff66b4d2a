"""The verb of `/oauth/introspect`: does the session still live, and how far does it go now (RFC 7662)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Greatest

from impersonation.models import Code, SessionTrace
from impersonation.oauth.claims import claims_of
from impersonation.queries import state_of
from opsconsole.lib.clock import database_now

INACTIVE: dict[str, Any] = {"active": False}
LONGEST_PATH = 300
MOST_AGO = 86_400  # seconds


def introspect(*, client_id: str, token: str, told: Mapping[str, str]) -> dict[str, Any]:
    """Return what a session's token is worth right now; `token` is its `jti`. Anything that is not live is only `active: false`.

    `told` is how the product last saw a person in the session: seconds ago, and in which area; what it tells never makes a session live.
    """
    code = _code_of(client_id, token)
    if code is None:
        return INACTIVE
    now = database_now()
    if "human_ago" in told:
        _keep_trace(code.session_id, told, now)
    state = state_of(code.session_id)
    if not state.live:
        return INACTIVE
    claims = claims_of(code.session, state)
    return {
        "active": True,
        "iss": settings.PUBLIC_URL,
        "client_id": client_id,
        "aud": client_id,
        "jti": str(code.token_id),
        "exp": claims["session_exp"],
        **claims,
    }


def _code_of(client_id: str, token: str) -> Code | None:
    try:
        token_id = UUID(token)
    except ValueError:
        return None
    found = Code.objects.filter(token_id=token_id, client_id=client_id)
    return found.select_related(
        "session__tenant", "session__case", "session__grant", "session__agent"
    ).first()


def _keep_trace(session_id: UUID, told: Mapping[str, str], now: datetime) -> None:
    """Keep when a person last did something in the product, so that idle time counts there as here; it never moves back."""
    ago = told.get("human_ago", "")
    if not ago.isdecimal() or int(ago) > MOST_AGO:
        return
    area = told.get("area", "")[:LONGEST_PATH]
    at = now - timedelta(seconds=int(ago))
    changes: dict[str, Any] = {
        "human_at": Greatest("human_at", at),
        "last_seen_at": Greatest("last_seen_at", at),
    }
    if area and area.isprintable():
        changes["last_path"] = area
    SessionTrace.objects.filter(session_id=session_id, session__ended_at=None).update(**changes)

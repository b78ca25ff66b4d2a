"""Calls the product's own endpoint for an action: signed, with a time limit, again only where that does no harm."""

from collections.abc import Mapping
from typing import Any

from accounts.queries import powers_of
from impersonation.models import SupportSession
from impersonation.oauth.keys import signed
from impersonation.oauth.product_rules import product_in_force
from impersonation.product import remote, tokens
from impersonation.running.answers import Answer, read_answer
from impersonation.running.rules import Action
from opsconsole.lib.clock import database_now

SECONDS = 5.0
TRIES = 3


class NoAnswer(Exception):
    """The product did not say what became of it. `sent` tells whether it may have heard the question."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__("the product did not answer")
        self.sent = sent


def ask(
    session: SupportSession,
    action: Action,
    step: str,
    typed: Mapping[str, str],
    *,
    key: str = "",
    expect: Mapping[str, str] | None = None,
) -> Answer:
    """Return the product's answer to one step: look, preview or run. Raises `NoAnswer`, `NoProduct`, `NoSigningKeys`.

    A run that may have been heard is asked again only where the policy says that twice is as good as once; the key is the same each time.
    A look that may have been heard is not: whoever looks can press again, and a product that hangs keeps them waiting once.
    """
    product, sent = product_in_force(), False
    for _ in range(TRIES):
        claims = _claims(session, action, step, typed) | {"key": key, "expect": dict(expect or {})}
        token = signed(tokens.ACTION, product.client_id, database_now().timestamp(), claims)
        try:
            status, body = remote.post_token(
                f"{product.url('actions_path')}{action.key}/", token, seconds=SECONDS
            )
        except remote.Unreached:
            continue
        except remote.Silent:
            sent = True
        else:
            answer = read_answer(status, body)
            if answer is not None:
                return answer
            sent = sent or status == 200
        if sent and (step != "run" or not action.idempotent):
            break
    raise NoAnswer(sent=sent)


def _claims(session: SupportSession, action: Action, step: str, typed: Mapping[str, str]) -> dict[str, Any]:
    titles = powers_of(session.agent).titles
    return {
        "action": action.key,
        "step": step,
        "fields": dict(typed),
        "sub_id": session.subject_id,
        "act": {"sub": str(session.agent_id), "name": titles[0] if titles else "Support"},
        "org": session.tenant.external_id,
        "sid": str(session.pk),
        "grant_id": str(session.grant_id),
        "ticket": session.case.ticket,
    }

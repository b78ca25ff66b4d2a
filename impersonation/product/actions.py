"""Approved actions that the console may have this product run: registered by name, previewed, run once for one key.

They stand in a module `support_actions` of any installed app, which is found by itself:

@support_action("invoice_email.update")
class UpdateInvoiceEmail(SupportAction):
    def current(self, call: Call) -> dict[str, str]: ...
    def preview(self, call: Call) -> list[Change]: ...
    def run(self, call: Call) -> list[Change]: ...
"""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import console, tokens
from .conf import setting
from .context import Acting, acting_as
from .models import KeptAnswer, ProductSession
from .remote import Silent, body_of
from .sessions import database_now

STEPS = ("look", "preview", "run")


class ActionRefused(Exception):
    """The product's own rules say no; the sentence is shown to the agent."""


@dataclass(frozen=True)
class Call:
    """One call of an action, already known to come from the console. `fields` are what the agent typed, by key.

    `expect` are the values that the agent saw in the preview: a run is refused where they are others by then.
    """

    action: str
    org: str
    subject_id: str
    agent_id: str
    agent: str
    ticket: str
    sid: str
    fields: Mapping[str, str] = field(default_factory=dict)
    expect: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One value that an action changes: `name` for the log, `label` for people."""

    name: str
    label: str
    old: str
    new: str


class SupportAction:
    """One action. Each method may raise `ActionRefused`; `run` is called in a transaction and undone when it raises."""

    def current(self, call: Call) -> dict[str, str]:
        """Return what stands there now, by label."""
        raise NotImplementedError

    def preview(self, call: Call) -> list[Change]:
        """Return what would change, and change nothing."""
        raise NotImplementedError

    def run(self, call: Call) -> list[Change]:
        """Change it by the product's own rules and return what changed."""
        raise NotImplementedError


Action = TypeVar("Action", bound=type[SupportAction])
_registry: dict[str, SupportAction] = {}


def support_action(name: str) -> Callable[[Action], Action]:
    """Register a class under the name that the console's policy uses. Raises `ValueError` for a name taken twice."""

    def keep(kind: Action) -> Action:
        if name in _registry and type(_registry[name]) is not kind:
            raise ValueError(f"the action {name} is registered twice")
        _registry[name] = kind()
        return kind

    return keep


@csrf_exempt
@require_POST
def run_action(request: HttpRequest, name: str) -> JsonResponse:
    """Answer one signed call: what stands there, what would change, or the one outcome of a run."""
    try:
        claims = console.read_once(body_of(request), tokens.ACTION)
    except tokens.BadToken as error:
        return JsonResponse({"error": "invalid_token", "error_description": error.code}, status=401)
    except Silent:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    call, step = _call(claims), claims.get("step")
    action = _registry.get(name)
    if call is None or call.action != name or step not in STEPS:
        return JsonResponse({"error": "invalid_request"}, status=400)
    if action is None:
        return JsonResponse({"outcome": "refused", "sentence": "The product does not know this action."})
    if _is_over(call.sid):
        return JsonResponse({"outcome": "refused", "sentence": "This session is over."})
    with acting_as(_acting(call)):
        return JsonResponse(
            _run(action, call, str(claims.get("key", "")))
            if step == "run"
            else _look(action, call, str(step))
        )


def _call(claims: Mapping[str, Any]) -> Call | None:
    act, fields, expect = claims.get("act"), claims.get("fields"), claims.get("expect")
    if not isinstance(act, dict) or "act" in act or not isinstance(fields, dict):
        return None
    texts = {name: claims.get(name) for name in ("action", "org", "ticket", "sid")}
    if not all(isinstance(value, str) and value for value in texts.values()):
        return None
    return Call(
        action=str(texts["action"]),
        org=str(texts["org"]),
        subject_id=str(claims.get("sub_id", "")),
        agent_id=str(act.get("sub", "")),
        agent=str(act.get("name", "")),
        ticket=str(texts["ticket"]),
        sid=str(texts["sid"]),
        fields={str(key): str(value) for key, value in fields.items()},
        expect={str(key): str(value) for key, value in expect.items()} if isinstance(expect, dict) else {},
    )


def _look(action: SupportAction, call: Call, step: str) -> dict[str, Any]:
    try:
        current = action.current(call)
        changes = action.preview(call) if step == "preview" else []
    except ActionRefused as refusal:
        return {"outcome": "refused", "sentence": str(refusal)}
    return {"outcome": "ok", "current": current, "changes": [asdict(change) for change in changes]}


def _run(action: SupportAction, call: Call, key: str) -> dict[str, Any]:
    """Run once for a key: the same call gets the same answer again, another call under that key is refused."""
    if not 16 <= len(key) <= 64:
        return {"outcome": "refused", "sentence": "A run needs a key of its own."}
    digest = sha256(
        json.dumps([call.action, call.org, dict(call.fields)], sort_keys=True).encode()
    ).hexdigest()
    with ExitStack() as stack:
        for alias in dict.fromkeys(("default", *setting("DATABASES"))):
            stack.enter_context(transaction.atomic(using=alias))
        kept, is_new = KeptAnswer.objects.select_for_update().get_or_create(
            key=key, defaults={"digest": digest, "at": database_now()}
        )
        if not is_new:
            same = kept.digest == digest
            return (
                kept.answer
                if same
                else {"outcome": "refused", "sentence": "This key was used for another call."}
            )
        kept.answer = _outcome(action, call)
        kept.save(update_fields=["answer"])
        answer: dict[str, Any] = kept.answer
    return answer


def _outcome(action: SupportAction, call: Call) -> dict[str, Any]:
    try:
        with ExitStack() as stack:
            for alias in setting("DATABASES"):
                stack.enter_context(transaction.atomic(using=alias))
            _as_expected(action, call)
            changes = action.run(call)
    except ActionRefused as refusal:
        return {"outcome": "refused", "sentence": str(refusal)}
    except Exception:  # whatever a product's code breaks on is an outcome of its own
        logging.getLogger(__name__).exception("the action %s failed", call.action)
        return {"outcome": "failed", "sentence": "The product could not do it; nothing was changed."}
    return {"outcome": "ok", "sentence": "", "changes": [asdict(change) for change in changes]}


def _as_expected(action: SupportAction, call: Call) -> None:
    for change in action.preview(call) if call.expect else ():
        if call.expect.get(change.name, change.old) != change.old:
            raise ActionRefused(f"{change.label} has changed since you looked. Look at it again.")


def _is_over(sid: str) -> bool:
    return ProductSession.objects.filter(sid=sid, ended_at__isnull=False).exists()


def _acting(call: Call) -> Acting:
    row = ProductSession.objects.filter(sid=call.sid).first()
    return Acting(
        row=row.pk if row else 0,
        session_id=call.sid,
        agent_id=call.agent_id,
        agent=call.agent,
        subject_id=call.subject_id,
        tenant=row.org_label if row else call.org,
        ticket=call.ticket,
        mode="act",
        scopes=frozenset({call.action}),
        by_action=True,
    )

"""The verbs on approved actions: look what stands there and what would change, then run it once."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from audit.actions import record
from grants.actions.errors import about
from impersonation.models import ActionRun, SupportSession
from impersonation.queries import State
from impersonation.running.answers import Answer, Change
from impersonation.running.calling import NoAnswer, ask
from impersonation.running.queries import Seen, action_named, ask_url, own_session
from impersonation.running.rules import Action
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tenants.masking import partial

Outcome = ActionRun.Outcome
LOST = timedelta(minutes=2)  # a run without an outcome for so long: whoever ran it is gone
RESULTS = {
    Outcome.OK: "it is done",
    Outcome.REFUSED: "the product refused",
    Outcome.FAILED: "it failed and changed nothing",
    Outcome.UNKNOWN: "nobody knows whether it was done",
}
SILENT = "The product does not answer now. Nothing was changed; try again in a minute."


class ScopeMissing(Refused):
    code = "scope_missing"


class SessionOver(Conflict):
    code = "session_over"


class ProductSilent(Conflict):
    code = "product_silent"


class OtherPreview(Conflict):
    code = "other_preview"


@dataclass(frozen=True)
class Look:
    """What an action meets: what stands there now, and after a preview what would change. `seen` goes with the form that runs it."""

    action: Action
    answer: Answer
    says: tuple[str, ...] = ()
    seen: str = ""


def look_at_action(
    *, actor: Person, session_id: UUID, key: str, typed: Mapping[str, str] | None = None
) -> Look:
    """Return what stands there now and, for what was typed, what would change. The look is an event before the product is asked.

    Raises `Http404`, `ScopeMissing`, `SessionOver`, `ProductSilent`.
    """
    action = action_named(key)
    with transaction.atomic(durable=True):
        session = _guard(own_session(actor, session_id), action)
        record("action.opened", **_about(session), action=action.label)
    try:
        answer = ask(session, action, "look" if typed is None else "preview", typed or {})
    except NoAnswer:
        raise _told(ProductSilent(SILENT, state="silent"), session) from None
    if typed is None or answer.outcome != "ok":
        return Look(action, answer)
    expect = {change.name: change.old for change in answer.changes}
    seen = Seen(str(uuid.uuid4()), str(session.pk), action.key, dict(typed), expect)
    return Look(action, answer, tuple(change.said(action.says) for change in answer.changes), seen.signed())


def run_action(
    *,
    actor: Person,
    session_id: UUID,
    key: str,
    typed: Mapping[str, str],
    seen: Seen | None = None,
    tenant_name: str = "",
) -> ActionRun:
    """Run an action once and return the run with its one outcome; the same preview sent twice is one run.

    Raises `Http404`, `ScopeMissing`, `SessionOver`, `Invalid` where the tenant's name was to be typed, and `OtherPreview` where what was
    seen belongs to another session, action or value: nothing is run that was not shown.
    """
    action = action_named(key)
    with transaction.atomic(durable=True):
        session = _guard(_locked(actor, session_id), action)
        if seen and (seen.session, seen.action, seen.typed) != (str(session.pk), action.key, dict(typed)):
            raise _told(OtherPreview("This preview was of something else. Look again.", state="run"), session)
        if action.asks_for_name and tenant_name.strip() != session.tenant.name:
            raise Invalid({"tenant_name": f"Type {session.tenant.name}, as it stands here."})
        run, is_new = _begin(session, action, typed, seen)
    if not is_new:
        return run
    try:
        answer = ask(session, action, "run", typed, key=str(run.pk), expect=seen.expect if seen else None)
    except NoAnswer as silence:
        answer = Answer(Outcome.UNKNOWN if silence.sent else Outcome.FAILED, "The product did not answer.")
    return _finish(run.pk, action, answer)


def settle_lost_runs() -> int:
    """Write `unknown` for runs whose end nobody wrote down, such as after a crash, and return how many there were."""
    before = database_now() - LOST
    lost = ActionRun.objects.filter(finished_at=None, started_at__lt=before).values_list("pk", flat=True)
    for pk in list(lost):
        _finish(pk, None, Answer(Outcome.UNKNOWN, "The console stopped before the answer came."))
    return len(lost)


def _begin(
    session: SupportSession, action: Action, typed: Mapping[str, str], seen: Seen | None
) -> tuple[ActionRun, bool]:
    """Return the run of a preview, or a new one; committed before the product hears of it."""
    said = json.dumps([action.key, dict(typed)], sort_keys=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    pk = UUID(seen.run) if seen else uuid.uuid4()
    earlier = ActionRun.objects.filter(pk=pk).first()
    if earlier is not None:
        return earlier, False
    run = ActionRun(
        pk=pk,
        session=session,
        action=action.key,
        label=action.label,
        scope=action.scope,
        consequence=action.consequence,
        digest=digest,
        started_at=database_now(),
    )
    run.save(force_insert=True)
    record(
        "action.started",
        **_about(session) | {"obj": run.as_ref()},
        action=action.label,
        scope=action.scope,
        consequence=action.consequence,
    )
    return run, True


def _finish(run_id: UUID, action: Action | None, answer: Answer) -> ActionRun:
    """Write the one outcome of a run, with old and new values where the policy calls them safe (NIST AU-3(3))."""
    with transaction.atomic(durable=True):
        found = ActionRun.objects.select_for_update(of=("self",)).select_related(
            "session__agent", "session__tenant", "session__case", "session__grant"
        )
        run = found.get(pk=run_id)
        if run.finished_at is not None:
            return run
        run.finished_at, run.outcome, run.sentence = database_now(), answer.outcome, answer.sentence
        run.save(update_fields=["finished_at", "outcome", "sentence"])
        record(
            "action.finished",
            **_about(run.session) | {"obj": run.as_ref()},
            **_values(answer.changes, action),
            outcome=answer.outcome if answer.outcome in {"ok", "refused"} else "failed",
            outcome_code="" if answer.outcome == "ok" else f"action_{answer.outcome}",
            action=run.label,
            result=RESULTS[Outcome(run.outcome)],
            sentence=run.sentence,
        )
    return run


def _values(changes: tuple[Change, ...], action: Action | None) -> dict[str, Any]:
    """Return what the event shows: safe values whole, masked ones in part, and commitments to all that is not safe."""
    safe, masked = (action.safe_values, action.masked_values) if action else (frozenset(), frozenset())
    shown = [
        (change.name, change.old, change.new)
        if change.name in safe
        else (change.name, partial(change.old), partial(change.new))
        for change in changes
        if change.name in safe | masked
    ]
    values: dict[str, Any] = {
        "changes": [{"field": name, "old": old, "new": new} for name, old, new in shown],
        "what": ", ".join(change.label for change in changes),
    }
    if len(changes) == len(shown) == 1:
        values |= {"before": shown[0][1], "after": shown[0][2]}
    kept = [change for change in changes if change.name not in safe]
    if kept:
        old, new = ("; ".join(getattr(change, name) for change in kept) for name in ("old", "new"))
        values["private"] = {"old": old, "new": new}
    return values


def _locked(actor: Person, session_id: UUID) -> State:
    """Hold the session, so that its end waits until the run is written down, and read it after the lock."""
    SupportSession.objects.select_for_update().filter(pk=session_id, agent=actor).first()
    return own_session(actor, session_id)


def _guard(state: State, action: Action) -> SupportSession:
    session = state.session
    if not state.live:
        raise _told(SessionOver("This session is over.", state="ended"), session)
    if action.scope not in state.scopes:
        error = ScopeMissing(
            f"This session does not include: {action.label}. You can ask for just this, for ten minutes.",
            scope=action.scope,
            ask_url=ask_url(session, action.scope),
        )
        raise about(error, tenant=session.tenant, trail=session.trail())
    return session


def _told(error: Conflict, session: SupportSession) -> Conflict:
    return about(error, tenant=session.tenant, trail=session.trail())


def _about(session: SupportSession) -> dict[str, Any]:
    return {
        "actor": session.agent.as_actor(),
        "tenant": session.tenant.as_ref(),
        "obj": session.as_ref(),
        "subject": session.subject_ref(),
        "trail": session.trail(),
        "authority": "grant",
    }

"""Asking the customer, in the transaction of the verb that asks for access and under its lock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.policies import active_policy
from grants import policy
from grants.consent.actions.linking import ask_by_link
from grants.consent.rules import consent_rules_in_force
from grants.consent.standing import consent_of, mode_now
from grants.models import AccessRequest, ConsentAnswer, ConsentAsk, Mode, Outbox
from grants.notifications import tell_about_request
from opsconsole.lib.errors import Invalid


@dataclass(frozen=True)
class Plan:
    """What a round of a request will ask of the customer."""

    mode: str
    when_silent: str
    answer_by: datetime
    staff_until: datetime


def plan_consent(request: AccessRequest, consequences: Collection[str], now: datetime) -> Plan:
    """Return what a request that is about to be written asks of the customer; where silence ends it, it lapses when they had their time.

    Raises `Invalid` with a kind sentence for a customer who never agrees, and where there is nobody to ask.
    """
    tenant, rules = request.tenant, consent_rules_in_force()
    mode, staff_until = mode_now(tenant, consequences, request.kind), request.pending_until
    if mode == Mode.NEVER:
        sentence = f"{tenant.name} has agreed to no access by our staff. Answer from what the panels show, or ask whoever looks after them."
        raise Invalid({"scopes": sentence})
    if mode != Mode.MUST_APPROVE:
        return Plan(mode, rules.when_silent, staff_until, staff_until)
    lapses = rules.when_silent == ConsentAsk.Silence.LAPSE
    if lapses and not tenant.consent_contact:
        sentence = f"{tenant.name} agrees to each access first, and the directory names nobody to ask. An administrator can mend that."
        raise Invalid({"scopes": sentence})
    answer_by = min(staff_until, now + timedelta(minutes=rules.silent_minutes))
    if lapses:
        request.pending_until = answer_by
    return Plan(mode, rules.when_silent, answer_by, staff_until)


def write_ask(request: AccessRequest, plan: Plan, scopes: Collection[str], now: datetime) -> None:
    """Write what a round asks of the customer, and send them the link where they have a say in it."""
    ask = ConsentAsk(
        request=request,
        round=request.round,
        mode=plan.mode,
        when_silent=plan.when_silent,
        asked_at=now,
        answer_by=plan.answer_by,
        staff_until=plan.staff_until,
    )
    ask.save(force_insert=True)
    if plan.mode == Mode.OPEN_TICKET:
        decided = policy.Decided(frozenset(scopes), request.minutes)
        write_answer(request, ConsentAnswer.Answer.TICKET, decided, now)
    if plan.mode in (Mode.OPEN_TICKET, Mode.MUST_APPROVE) and ask_by_link(request, now):
        tell_about_request(Outbox.Kind.CONSENT_ASKED, request, now)


def ask_again(request: AccessRequest, scopes: Collection[str], now: datetime) -> None:
    """Ask the customer anew in a new round, with the times the first round had; call it once the round and its digest are written."""
    before = request.consent_asks.filter(round=request.round - 1).first()
    if before is None:
        return
    staff_until = now + (before.staff_until - before.asked_at)
    answer_by = now + (before.answer_by - before.asked_at)
    lapses = before.mode == Mode.MUST_APPROVE and before.when_silent == ConsentAsk.Silence.LAPSE
    request.pending_until = answer_by if lapses else staff_until
    request.save(update_fields=["pending_until"])
    write_ask(request, Plan(before.mode, before.when_silent, answer_by, staff_until), scopes, now)


def write_answer(
    request: AccessRequest, answer: str, decided: policy.Decided, now: datetime, **more: object
) -> ConsentAnswer:
    """Write one answer to the present round, bound to the request's digest, and return it."""
    row = ConsentAnswer(
        request=request,
        round=request.round,
        answer=answer,
        digest=request.digest,
        scopes=sorted(decided.scopes),
        minutes=decided.minutes,
        policy_version=active_policy().version,
        at=now,
        **more,
    )
    row.save(force_insert=True)
    return row


def words_for(request: AccessRequest) -> str:
    """Return what a request asks of the customer in words, for its event; empty where they are only told."""
    mode = consent_of(request).mode
    return {Mode.MUST_APPROVE: "the customer agrees first", Mode.OPEN_TICKET: "the open ticket agrees"}.get(
        Mode(mode), ""
    )

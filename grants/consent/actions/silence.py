"""What happens when a customer stays silent and the policy goes on without them. A request that silence ends lapses by its own clock."""

import logging
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from audit.actions import record
from audit.refs import SYSTEM
from grants.actions.completing import complete, guard_mode
from grants.actions.errors import broken_constraint
from grants.actions.question import guard_policy, guard_standing, lock_question
from grants.consent.actions.asking import write_answer
from grants.consent.standing import consent_of
from grants.models import AccessRequest, ConsentAnswer, ConsentAsk, Mode, Outbox
from grants.notifications import tell_about_request
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid

log = logging.getLogger(__name__)
BATCH = 100  # requests of one pass, one transaction each


def settle_silence(*, limit: int = BATCH) -> int:
    """Write down for each customer whose time to answer is over that it goes on without them, and return how many."""
    answered = ConsentAnswer.objects.filter(request=OuterRef("request"), round=OuterRef("round"))
    due = ConsentAsk.objects.filter(
        ~Exists(answered),
        mode=Mode.MUST_APPROVE,
        when_silent=ConsentAsk.Silence.GO_ON,
        answer_by__lte=database_now(),
        request__status=AccessRequest.Status.PENDING,
        request__pending_until__gt=database_now(),
        request__round=F("round"),
    )
    asked = list(due.order_by("answer_by").values_list("request_id", flat=True)[:limit])
    return sum(_settle(request_id) for request_id in asked)


def _settle(request_id: UUID) -> bool:
    """Settle one; what can no longer begin is left to lapse."""
    try:
        with transaction.atomic(durable=True):
            return _go_on(request_id)
    except (Conflict, Invalid) as error:
        log.info("a silent customer's request cannot go on", extra={"code": error.code})
    except IntegrityError as error:
        if broken_constraint(error) != "grants_grantscope_never_twice":
            raise
    return False


def _go_on(request_id: UUID) -> bool:
    question = lock_question(request_id)
    request, now, consent = question.request, question.now, consent_of(question.request)
    if not consent.waits or consent.ask is None or consent.ask.answer_by > now:
        return False
    guard_standing(None, question, request.digest)
    guard_mode(question, question.remaining)
    needed = guard_policy(question, question.remaining)
    write_answer(request, ConsentAnswer.Answer.SILENCE, question.remaining, now)
    grant = complete(question, question.remaining) if len(question.earlier) >= needed else None
    record(
        "consent.unanswered",
        actor=SYSTEM,
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        trail=replace(request.trail(), grant_id=grant.pk if grant else None),
        authority="none",
        approval_state=request.status,
        scopes=sorted(question.remaining.scopes),
        minutes=question.remaining.minutes,
        until=written(grant.expires_at) if grant else "",
    )
    tell_about_request(Outbox.Kind.CONSENT_SILENT, request, now, grant=grant)
    return True

"""The policy decides by itself, where one of its named rules covers a whole request; said so on every page and in the log."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.models import RoleMembership
from accounts.queries import roles_in_force
from audit.actions import record
from audit.policies import active_policy
from audit.refs import Actor, Ref
from grants.actions.errors import broken_constraint
from grants.actions.question import Question, guard_policy, guard_standing, lock_question
from grants.actions.starting import begin_grant
from grants.automatic import NEVER, AutoRule, rules_for
from grants.consent.standing import consent_of
from grants.models import AccessRequest, Approval, ApprovalScope, Grant, Outbox
from grants.notifications import tell_about_request
from grants.rules import rules_in_force
from opsconsole.lib.clock import written
from opsconsole.lib.errors import Conflict, Invalid

WAITS_FOR_PEOPLE = ("grants_grantscope_never_twice", "grants_approval_rule_capped")
POLICY = Actor("system", "", "The policy")


def decide_by_rule(*, request_id: UUID) -> AccessRequest:
    """Approve a waiting request where a rule of the policy covers all of it, and return the request; else leave it as it is.

    A request on behalf of somebody, an extension, high risk, and what needs a second approval or step-up always wait for people.
    The cap per person and day is counted under a lock of that person; PostgreSQL numbers the day's approvals too.
    """
    with suppress(Conflict, Invalid):  # what stands in the way is told to the people who decide
        try:
            with transaction.atomic(durable=True):
                return _decide(request_id)
        except IntegrityError as error:
            if broken_constraint(error) not in WAITS_FOR_PEOPLE:
                raise
    return AccessRequest.objects.select_related("case", "tenant").get(pk=request_id)


def _decide(request_id: UUID) -> AccessRequest:
    question = lock_question(request_id)
    request = question.request
    rule, number = _rule_and_number(question) if _is_plain(question) else (None, 0)
    if rule is None:
        return request
    guard_standing(request.person, question, request.digest)
    decided = question.remaining
    if guard_policy(question, decided) != 1:
        return request
    approval = _write(question, rule, number)
    request.status, request.closed_at = AccessRequest.Status.APPROVED, question.now
    request.save(update_fields=["status", "closed_at"])
    grant = begin_grant(request, question.consequences, decided, question.now)
    _record(question, approval, grant)
    tell_about_request(Outbox.Kind.AUTO_APPROVED, request, question.now, grant=grant)
    return request


def _is_plain(question: Question) -> bool:
    """Tell whether a rule may decide a request: a first asking, for oneself, of nothing with high risk that no customer holds up."""
    request = question.request
    known = roles_in_force().scopes
    now = {known[scope].consequence for scope in question.consequences if scope in known}
    return (
        request.status == AccessRequest.Status.PENDING
        and request.kind == AccessRequest.Kind.ASKED
        and request.round == 1
        and not question.earlier
        and request.extends_id is None
        and request.requester_id == request.person_id
        and consent_of(request).stands
        and NEVER not in {*question.consequences.values(), *now}
    )


def _rule_and_number(question: Question) -> tuple[AutoRule | None, int]:
    """Return the first rule that covers the request and has something left today, and which number of the day this is."""
    request = question.request
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"auto {request.person_id}"])
    held = RoleMembership.objects.filter(person_id=request.person_id).values_list("role", flat=True)
    asked = question.remaining
    for rule in rules_for(rules_in_force().automatic, asked.scopes, asked.minutes, set(held), question.now):
        today = Approval.objects.filter(
            person_id=request.person_id, rule=rule.key, rule_day=rule.day_of(question.now)
        )
        number = today.count()
        if number < rule.most_per_day:
            return rule, number + 1
    return None, 0


def _write(question: Question, rule: AutoRule, number: int) -> Approval:
    request, decided = question.request, question.remaining
    approval = Approval(
        request=request,
        requester_id=request.requester_id,
        person_id=request.person_id,
        rule=rule.key,
        rule_day=rule.day_of(question.now),
        rule_number=number,
        rule_most=rule.most_per_day,
        decision=Approval.Decision.APPROVE,
        digest=request.digest,
        round=request.round,
        minutes=decided.minutes,
        scope_count=len(decided.scopes),
        policy_version=active_policy().version,
        decided_at=question.now,
    )
    approval.save(force_insert=True)
    ApprovalScope.objects.bulk_create(
        ApprovalScope(approval=approval, request=request, scope=scope) for scope in sorted(decided.scopes)
    )
    return approval


def _record(question: Question, approval: Approval, grant: Grant) -> None:
    request = question.request
    record(
        "request.approved_by_policy",
        actor=POLICY,
        tenant=request.tenant.as_ref(),
        obj=request.as_ref(),
        subject=Ref("person", str(request.person_id), request.person.display_name),
        trail=replace(request.trail(), grant_id=grant.pk),
        authority="none",
        approval_state=request.status,
        scopes=sorted(question.remaining.scopes),
        minutes=approval.minutes,
        rule=approval.rule,
        number=approval.rule_number,
        most=approval.rule_most,
        until=written(grant.expires_at),
    )

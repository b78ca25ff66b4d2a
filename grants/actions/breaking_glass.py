"""The emergency start: instant, short, loud, and owed a review. And the review, by a second person."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.models import Person, RoleMembership
from accounts.queries import Powers, powers_of, roles_in_force
from audit.actions import record
from audit.refs import Ref
from grants import policy
from grants.access_rules import Ceremony
from grants.actions.building import Ask, Askers, lock_case, write_request
from grants.actions.errors import about, broken_constraint
from grants.actions.starting import begin_grant
from grants.actions.wishing import held_already, reason_or_fault
from grants.models import AccessRequest, BreakGlass, Case, Grant, Outbox
from grants.notifications import tell_about_grants
from grants.reach import in_reach
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

WEEK = timedelta(days=7)


class MayNotBreakGlass(Refused):
    code = "may_not_break_glass"


class ReviewOwed(Conflict):
    """An earlier emergency start of this person waits for its review."""

    code = "review_owed"


class GlassWornOut(Conflict):
    """The person broke glass as often this week as the policy lets anybody."""

    code = "break_glass_cap"


class MayNotReview(Refused):
    code = "may_not_review"


class ReviewedAlready(Conflict):
    code = "reviewed_already"


def break_glass(*, actor: Person, case_id: UUID, scopes: Iterable[str], reason: str) -> Grant:
    """Start access at once, for oneself, without an approval, and return it. Everybody who was skipped is told.

    What may be taken, by whom and for how long stands in `[break_glass]` of the policy. Raises `MayNotBreakGlass`, `ReviewOwed`,
    `GlassWornOut`, `CaseClosed`, and `Invalid` with one sentence a field.
    """
    wanted, reason = frozenset(scopes), reason.strip()
    try:
        with transaction.atomic(durable=True):
            return _break(actor, case_id, wanted, reason)
    except IntegrityError as error:
        broken = broken_constraint(error)
        if broken == "grants_grantscope_never_twice":
            raise Invalid({"scopes": "You hold one of these on this tenant already."}) from error
        if broken == "grants_request_asked_once":
            raise Invalid(
                {"scopes": "You asked for exactly this already. Take that request back first."}
            ) from error
        if broken != "grants_glass_one_debt":
            raise
        raise _owed("now") from error


def _break(actor: Person, case_id: UUID, scopes: frozenset[str], reason: str) -> Grant:
    case, powers = lock_case(actor, case_id)
    guard_step_up(actor, "break_glass")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"glass {actor.pk}"])
    now = database_now()
    _guard(actor, case, now)
    minutes = rules_in_force().glass.minutes
    ask = Ask(scopes, minutes, reason, kind=AccessRequest.Kind.BREAK_GLASS)
    consequences = _check(actor, case, powers, ask, now)
    at_once = Ceremony(approvals=0, default_minutes=minutes, longest_minutes=minutes, pending_minutes=1)
    request = write_request(case, Askers(actor, actor), ask, at_once, now=now)
    skipped = skipped_by(request)
    glass = BreakGlass(request=request, person=actor, skipped=len(skipped), broken_at=now)
    glass.save(force_insert=True)
    request.status, request.closed_at = AccessRequest.Status.APPROVED, now
    request.save(update_fields=["status", "closed_at"])
    grant = begin_grant(request, consequences, policy.Decided(scopes, minutes), now)
    _record_break(actor, request, grant, skipped)
    tell_about_grants(Outbox.Kind.BROKE_GLASS, [grant], now, to=skipped)
    return grant


def _guard(actor: Person, case: Case, now: datetime) -> None:
    """Raise unless the policy lets this person break glass now; read again under the lock of the person."""
    rules = rules_in_force().glass
    fault: Refused | Conflict | None = None
    held = RoleMembership.objects.filter(person=actor, role__in=rules.roles)
    theirs = BreakGlass.objects.filter(person=actor)
    owed = theirs.filter(reviewed_at__isnull=True).first()
    lately = theirs.filter(broken_at__gt=now - WEEK).count()
    if not held.exists():
        fault = MayNotBreakGlass(
            "The policy does not let your role start without an approval.", scope="break-glass"
        )
    elif owed:
        fault = _owed(f"{owed.broken_at:%-d %b, %H:%M} UTC")
    elif lately >= rules.most_per_week:
        fault = GlassWornOut(
            f"You started {lately} times without an approval in seven days; ask for an approval."
        )
    elif case.tenant.gone_at is not None:
        fault = Conflict("The product no longer lists this tenant.", code="no_longer_possible", state="gone")
    if fault:
        raise about(fault, tenant=case.tenant, trail=case.trail())


def _owed(since: str) -> ReviewOwed:
    sentence = f"Your emergency start of {since} has not been reviewed by a second person yet; until then, ask for an approval."
    return ReviewOwed(sentence, state="review owed")


def _check(actor: Person, case: Case, powers: Powers, ask: Ask, now: datetime) -> dict[str, str]:
    """Return the consequence of each scope, or raise `Invalid` with every fault at once."""
    known, glass, scopes = roles_in_force().scopes, rules_in_force().glass, ask.scopes
    errors: dict[str, str] = {}
    fault = policy.scopes_fault(scopes, known, glass.consequences)
    if fault.startswith("Your role"):
        fault = "The policy opens only part of this without an approval. Leave the rest out, or ask for it."
    elif not fault and scopes <= powers.scopes:
        fault = "Your role gives you this at all times."
    held = "" if fault else held_already(actor, case, scopes, now)
    if fault or held:
        errors["scopes"] = fault or held
    reason_or_fault(case, ask.reason, [known[scope] for scope in sorted(scopes) if scope in known], errors)
    if errors:
        raise Invalid(errors)
    return {scope: known[scope].consequence for scope in scopes}


def skipped_by(request: AccessRequest) -> list[Person]:
    """Return who is told of an emergency start: everybody who decides on this tenant, and everybody who reviews."""
    roles = roles_in_force().roles.values()
    keys = [role.key for role in roles if {"decide", "review"} & role.may]
    people = Person.objects.filter(is_active=True, memberships__role__in=keys).exclude(pk=request.person_id)
    return [person for person in people.distinct() if _should_know(person, request)]


def _should_know(person: Person, request: AccessRequest) -> bool:
    powers = powers_of(person)
    return "review" in powers.may or in_reach(person, powers, request.tenant)


def _record_break(actor: Person, request: AccessRequest, grant: Grant, skipped: list[Person]) -> None:
    record(
        "glass.broken",
        actor=actor.as_actor(),
        tenant=request.tenant.as_ref(),
        obj=grant.as_ref(),
        trail=replace(request.trail(), grant_id=grant.pk),
        authority="break-glass",
        approval_state="none",
        scopes=[row.scope for row in grant.scopes.all()],
        minutes=request.minutes,
        until=written(grant.expires_at),
        told=len(skipped),
    )


def review_glass(*, actor: Person, glass_id: UUID, verdict: str, comment: str) -> BreakGlass:
    """Write the review that an emergency start owes, with a word, and return it. Its person may break glass again from then on.

    Raises `MayNotReview` for the person themselves and for whoever may not review, `ReviewedAlready`, `Invalid` without verdict or word.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        glass = (
            BreakGlass.objects.select_for_update(of=("self",))
            .select_related("request__case", "request__tenant", "person")
            .get(pk=glass_id)
        )
        now = database_now()
        _guard_review(actor, glass)
        _check_review(verdict, comment)
        glass.reviewer, glass.verdict, glass.word, glass.reviewed_at = actor, verdict, comment, now
        glass.save(update_fields=["reviewer", "verdict", "word", "reviewed_at"])
        _record_review(actor, glass)
        tell_about_grants(Outbox.Kind.REVIEWED, list(glass.request.grants.all()), now)
    return glass


def _guard_review(actor: Person, glass: BreakGlass) -> None:
    fault: Refused | Conflict | None = None
    if actor.pk == glass.person_id:
        fault = MayNotReview("A second person reviews what you did.", scope="review")
    elif "review" not in powers_of(actor, fresh=True).may:
        fault = MayNotReview("You do not review emergency starts.", scope="review")
    elif glass.reviewed_at is not None:
        fault = ReviewedAlready(
            f"{glass.reviewer} reviewed this at {glass.reviewed_at:%-d %b, %H:%M} UTC.", state="reviewed"
        )
    if fault:
        raise about(fault, tenant=glass.request.tenant, trail=glass.request.trail())


def _check_review(verdict: str, comment: str) -> None:
    errors = {}
    if verdict not in BreakGlass.Verdict.values:
        errors["verdict"] = "Choose what you found."
    if not comment:
        errors["comment"] = "Say in a sentence what you looked at and what you found."
    if errors:
        raise Invalid(errors)


def _record_review(actor: Person, glass: BreakGlass) -> None:
    grant = glass.request.grants.first()
    record(
        "glass.reviewed",
        actor=actor.as_actor(),
        tenant=glass.request.tenant.as_ref(),
        obj=glass.as_ref(),
        subject=Ref("person", str(glass.person_id), glass.person.display_name),
        trail=replace(glass.request.trail(), grant_id=grant.pk if grant else None),
        verdict=BreakGlass.Verdict(glass.verdict).label.lower(),
        comment=glass.word,
    )

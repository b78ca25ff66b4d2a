"""The verbs of the reviewer: close what stands out with a word; and the note that a decider opened a request's details."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.policies import active_policy
from audit.refs import Ref, Trail
from grants.actions.errors import about, broken_constraint
from grants.models import AccessRequest, Case, Grant, GrantReview
from grants.queries.doors import decidable_requests
from grants.reviews.listing import to_look_at
from grants.reviews.rules import review_rules_in_force
from grants.reviews.teams import teams_to_look_at
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tenants.models import Tenant


class MayNotReview(Refused):
    code = "may_not_review"


class LookedAtAlready(Conflict):
    """Somebody was first, or the rules of the policy no longer point there."""

    code = "looked_at_already"


def review_grant(*, actor: Person, grant_id: UUID, word: str, comment: str = "") -> GrantReview:
    """Close what the policy's rules found about one access, and return the review with the rules and numbers of this moment.

    Raises `MayNotReview` for who asked for it, held it or decided on it, `LookedAtAlready`, `Invalid` for a word that needs a sentence.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        grant = (
            Grant.objects.select_for_update(of=("self",))
            .select_related("case", "tenant", "person")
            .get(pk=grant_id)
        )
        found = to_look_at(review_rules_in_force(), actor.pk, grant.pk)
        if "review" not in powers_of(actor, fresh=True).may or any(item.row.mine for item in found):
            error = MayNotReview(
                "Somebody reviews this who neither asked for it, held it nor decided on it.", scope="review"
            )
            raise about(error, tenant=grant.tenant, trail=grant.trail())
        if not found:
            raise about(looked_at(), tenant=grant.tenant, trail=grant.trail())
        check_word(word, comment)
        rules = {finding.rule: finding.numbers for finding in found[0].findings}
        review = GrantReview(grant=grant)
        _write(review, actor, rules, word, comment)
        record(
            "grant.reviewed",
            actor=actor.as_actor(),
            tenant=grant.tenant.as_ref(),
            obj=review.as_ref(),
            subject=Ref("person", str(grant.person_id), grant.person.display_name),
            trail=grant.trail(),
            word=review.get_word_display(),
            rules=sorted(rules),
            numbers=list(rules.values()),
            comment=comment,
        )
    return review


def review_team(*, actor: Person, team: str, week: date, word: str, comment: str = "") -> GrantReview:
    """Close one team's exceptions of one week and return the review. Raises as `review_grant` does; members do not review their team."""
    comment = comment.strip()
    try:
        with transaction.atomic(durable=True):
            return _review_team(actor, team, week, word, comment)
    except IntegrityError as error:
        if broken_constraint(error) != "grants_review_team_once":
            raise
    raise looked_at()


def _review_team(actor: Person, team: str, week: date, word: str, comment: str) -> GrantReview:
    waiting = teams_to_look_at(review_rules_in_force(), actor)
    found = next((one for one in waiting if (one.team, one.week) == (team, week)), None)
    if "review" not in powers_of(actor, fresh=True).may or (found and found.mine):
        raise MayNotReview("Somebody outside the team reviews its exceptions.", scope="review")
    if found is None:
        raise looked_at()
    check_word(word, comment)
    review = GrantReview(team=team, week=week)
    _write(review, actor, {"team": found.numbers}, word, comment)
    record(
        "team.reviewed",
        actor=actor.as_actor(),
        obj=review.as_ref(),
        team=found.title,
        week=f"{week:%-d %b %Y}",
        word=review.get_word_display(),
        numbers=[found.numbers],
        comment=comment,
    )
    return review


def looked_at() -> LookedAtAlready:
    """Return the refusal of a second word on one thing."""
    return LookedAtAlready(
        "Somebody looked at this already, or no rule points there any more.", state="reviewed"
    )


def check_word(word: str, comment: str) -> None:
    """Raise `Invalid` for a word that is none, or that needs a sentence."""
    if word not in GrantReview.Word.values:
        raise Invalid({"word": "Choose the word that fits."})
    if word != GrantReview.Word.IN_ORDER and not comment:
        raise Invalid({"comment": "Say in a sentence what came of it."})


def _write(review: GrantReview, actor: Person, rules: dict[str, str], word: str, comment: str) -> None:
    review.rules, review.numbers = list(rules), list(rules.values())
    review.word, review.comment, review.reviewer = word, comment, actor
    review.policy_version, review.at = active_policy().version, database_now()
    review.save(force_insert=True)


def note_case_read(*, actor: Person, case: Case) -> None:
    """Record that a reviewer reads what the log says of a case that is not theirs (NIST AU-2: the reader of the log stands in it too)."""
    _note_read(actor, "the case", case.tenant, case.trail(), {case.owner_id})


def note_request_read(*, actor: Person, request: AccessRequest) -> None:
    """Record that a reviewer reads what the log says of a request they have no part in."""
    own: set[UUID | None] = {request.requester_id, request.person_id}
    _note_read(actor, f"the request of {request.person}", request.tenant, request.trail(), own)


def note_access_read(*, actor: Person, grant: Grant) -> None:
    """Record that a reviewer reads what the log says of an access they neither asked for nor hold."""
    own: set[UUID | None] = {grant.request.requester_id, grant.person_id}
    _note_read(actor, f"the access of {grant.person}", grant.tenant, grant.trail(), own)


def _note_read(actor: Person, what: str, tenant: Tenant, trail: Trail, own: set[UUID | None]) -> None:
    if actor.pk in own or "review" not in powers_of(actor).may:
        return
    with transaction.atomic(durable=True):
        record("story.opened", actor=actor.as_actor(), tenant=tenant.as_ref(), trail=trail, what=what)


def note_request_opened(*, actor: Person, request: AccessRequest) -> None:
    """Record that somebody who may decide on a waiting request opened its details; nothing for anybody else."""
    if not decidable_requests(actor).filter(pk=request.pk).exists():
        return
    with transaction.atomic(durable=True):
        record(
            "request.opened",
            actor=actor.as_actor(),
            tenant=request.tenant.as_ref(),
            obj=request.as_ref(),
            trail=request.trail(),
            approval_state=request.status,
        )

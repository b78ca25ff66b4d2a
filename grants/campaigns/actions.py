"""The verbs of access reviews: begin one, answer one line, close it; and what beat does with those that wait or are late."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.actions import bring_roles_within
from accounts.models import Person, StandingRight
from accounts.queries import powers_of
from accounts.rights.actions import Terms, end_within, lock_right, renew_within
from accounts.rights.rules import right_rules_in_force
from audit.actions import record, sent_together
from audit.policies import active_policy
from audit.refs import SYSTEM
from grants.actions.errors import broken_constraint
from grants.campaigns.gathering import (
    Standing,
    last_uses,
    reviewers_for,
    standing_access,
    title_for,
)
from grants.campaigns.result import digest_of
from grants.campaigns.rules import END, QUARTER, StandingRules, standing_rules_in_force
from grants.models import Campaign, CampaignItem, Outbox
from grants.notifications import tell_people
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import guard_step_up

REDUCED_DAYS = 30  # what is reduced ends by itself after so long, unless the reviewer says sooner
POWERS = frozenset({"review", "manage_people"})
Decision = CampaignItem.Decision


class MayNotReviewStanding(Refused):
    code = "may_not_review_standing"


class AnsweredAlready(Conflict):
    code = "answered_already"


class LinesWait(Conflict):
    code = "lines_wait"


class NothingStands(Conflict):
    code = "nothing_stands"


@dataclass(frozen=True)
class Answer:
    """What a reviewer says of one line. `days` and `role` are for reducing: how long a right stays (None: as usual), or the lesser role."""

    decision: str
    comment: str = ""
    days: int | None = None
    role: str = ""


def open_review(*, actor: Person, about: str, subject: str = "", days: int | None = None) -> Campaign:
    """Begin an access review and return it, with a line for each role and right that stands, and who is asked about it.

    Raises `MayNotReviewStanding`, `Invalid` for a subject that is none, `NothingStands` where nobody holds any of it.
    """
    if not powers_of(actor, fresh=True).may & POWERS:
        raise MayNotReviewStanding("Only somebody who reviews begins an access review.", scope="review")
    rules = standing_rules_in_force()
    with transaction.atomic(durable=True), sent_together():
        now = database_now()
        row = Campaign(title=title_for(about, subject, now), about=about, subject=subject, opened_by=actor)
        return _open(row, rules, now, days or rules.days)


def open_quarterly() -> int:
    """Begin the review of everything that each quarter begins with, where the policy wants it; return how many were begun."""
    rules, now = standing_rules_in_force(), database_now()
    quarter = f"{now.year}-Q{(now.month + 2) // 3}"
    if rules.every != QUARTER or Campaign.objects.filter(quarter=quarter).exists():
        return 0
    try:
        with transaction.atomic(durable=True), sent_together():
            title = f"Everybody and everything, quarter {quarter[-1]} of {now.year}"
            _open(
                Campaign(title=title, about=Campaign.About.EVERYTHING, quarter=quarter),
                rules,
                now,
                rules.days,
            )
    except NothingStands:
        return 0
    except IntegrityError as error:
        if broken_constraint(error) != "grants_campaign_once_a_quarter":
            raise
        return 0
    return 1


def _open(row: Campaign, rules: StandingRules, now: datetime, days: int) -> Campaign:
    found = standing_access(row.about, row.subject)
    asked = reviewers_for([one.person.pk for one in found], row.opened_by)
    lines = [one for one in found if one.person.pk in asked]
    if not lines:
        raise NothingStands("Nobody holds any of it, so there is nothing to review.", state="empty")
    row.opened_at, row.due_at = now, now + timedelta(days=days)
    row.policy_version = active_policy().version
    row.save(force_insert=True)
    used = last_uses(lines)
    CampaignItem.objects.bulk_create(
        _line(row, place, one, asked[one.person.pk], used) for place, one in enumerate(lines, 1)
    )
    record(
        "access_review.opened",
        actor=row.opened_by.as_actor() if row.opened_by else SYSTEM,
        obj=row.as_ref(),
        authority="role" if row.opened_by else "none",
        lines=len(lines),
        until=written(row.due_at),
        left_out=[str(one.person) for one in found if one.person.pk not in asked],
    )
    _tell(row, Outbox.Kind.REVIEWS_WAIT, now)
    return row


def _line(
    row: Campaign, place: int, one: Standing, reviewer: Person, used: dict[tuple[str, str], datetime | None]
) -> CampaignItem:
    who, key, _authority = one.used_by
    return CampaignItem(
        campaign=row, place=place, person=one.person, kind=one.kind, role=one.role, right=one.right, what=one.what,
        since=one.since, owner=one.owner, reason=one.reason, last_used_at=used.get((who, key)), reviewer=reviewer,
    )  # fmt: skip


def _tell(row: Campaign, kind: str, now: datetime) -> None:
    waiting = row.items.filter(decision="").select_related("reviewer")
    people = {item.reviewer_id: item.reviewer for item in waiting}
    if people:
        tell_people(kind, people.values(), now, path=row.get_absolute_url())


def answer_line(*, actor: Person, item_id: UUID, answer: Answer) -> CampaignItem:
    """Keep, reduce or end one role or right at once, and return the line.

    Raises `MayNotReviewStanding` for its holder and for who does not review, `StepUpNeeded`, `AnsweredAlready`, `Invalid`; `Conflict`
    where it cannot be taken, the last administrator's role for one.
    """
    with transaction.atomic(durable=True), sent_together():
        item = _lock(item_id)
        if not powers_of(actor, fresh=True).may & POWERS or item.person_id == actor.pk:
            raise MayNotReviewStanding("Somebody reviews this who does not hold it.", scope="review")
        guard_step_up(actor, "people")
        if item.decision or item.campaign.closed_at:
            raise AnsweredAlready("Somebody answered this already.", state=item.decision or "closed")
        now = database_now()
        if answer.decision == Decision.KEEP:
            _keep(item, actor, now)
        elif answer.decision == Decision.REDUCE:
            _reduce(item, actor, answer, now)
        elif answer.decision == Decision.END:
            _end(item, actor, answer.comment.strip(), now)
        else:
            raise Invalid({"decision": "Choose keep, reduce or end."})
        _answered(item, actor, answer, now)
    return item


def _lock(item_id: UUID) -> CampaignItem:
    rows = CampaignItem.objects.select_for_update(of=("self",))
    return rows.select_related("campaign", "person").get(pk=item_id)


def _right_of(item: CampaignItem) -> StandingRight | None:
    return StandingRight.objects.filter(pk=item.right_id, ended_at=None).first() if item.right_id else None


def _stands(item: CampaignItem) -> bool:
    if item.right_id:
        return _right_of(item) is not None
    return item.person.is_active and item.person.memberships.filter(role=item.role).exists()


def _keep(item: CampaignItem, actor: Person, now: datetime) -> None:
    item.decision = Decision.KEEP if _stands(item) else Decision.GONE
    if item.decision == Decision.KEEP and item.right_id:
        row = lock_right(item.right_id)
        if row.ends_at is None or row.ends_at > now:
            again = (now + timedelta(days=standing_rules_in_force().keep_days)).date()
            exception = row.kind == StandingRight.Kind.EXCEPTION
            terms = Terms(row.owner, row.reason, again, row.ends_at, exception).fitted(now)
            renew_within(row, actor=actor, terms=terms, now=now)
            item.outcome = f"to be looked at again on {terms.review_on:%-d %b %Y}"


def _reduce(item: CampaignItem, actor: Person, answer: Answer, now: datetime) -> None:
    if not _stands(item):
        item.decision = Decision.GONE
        return
    item.decision = Decision.REDUCE
    if item.right_id:
        row, until = lock_right(item.right_id), now + timedelta(days=_days_left(answer))
        until = min(until, row.ends_at) if row.ends_at else until
        terms = Terms(row.owner, row.reason, until.date(), until, exception=True).fitted(now)
        renew_within(row, actor=actor, terms=terms, now=now)
        item.outcome = f"ends on {until:%-d %b %Y}"
        return
    lesser = lesser_roles(item.role)
    if answer.role not in lesser:
        words = (
            f"Choose a lesser role: {', '.join(lesser.values())}."
            if lesser
            else "No role of the policy is less."
        )
        raise Invalid({"role": words})
    held = set(item.person.memberships.values_list("role", flat=True))
    bring_roles_within(actor=actor, person=item.person, roles=held - {item.role} | {answer.role})
    item.outcome = f"now {lesser[answer.role]}"


def usual_days() -> int:
    """Return how many days a right that is reduced stays where the reviewer names none."""
    return min(REDUCED_DAYS, right_rules_in_force().exception_days)


def _days_left(answer: Answer) -> int:
    most = right_rules_in_force().exception_days
    if answer.days and answer.days > most:
        raise Invalid({"days": f"The policy lets an exception last {most} days at most."})
    return answer.days or usual_days()


def _end(item: CampaignItem, actor: Person | None, comment: str, now: datetime) -> None:
    if not _stands(item):
        item.decision = Decision.GONE
        return
    item.decision = Decision.END if actor else Decision.LATE
    if item.right_id:
        cause = StandingRight.Cause.REVIEW
        end_within(lock_right(item.right_id), actor=actor, cause=cause, comment=comment, now=now)
        return
    held = set(item.person.memberships.values_list("role", flat=True))
    bring_roles_within(actor=actor, person=item.person, roles=held - {item.role})


def _answered(item: CampaignItem, actor: Person, answer: Answer, now: datetime) -> None:
    item.comment, item.decided_by, item.decided_at = answer.comment.strip(), actor, now
    item.save(update_fields=["decision", "outcome", "comment", "decided_by", "decided_at"])
    told: dict[str, Any] = {
        "actor": actor.as_actor(),
        "obj": item.campaign.as_ref(),
        "subject": item.person.as_ref(),
        "what": item.what,
        "then": "was over already" if item.decision == Decision.GONE else item.outcome,
        "comment": item.comment,
        "last_used": written(item.last_used_at) if item.last_used_at else "",
    }
    if item.decision == Decision.REDUCE:
        record("access_review.reduced", **told)
    elif item.decision == Decision.END:
        record("access_review.ended", **told)
    else:
        record("access_review.kept", **told)


def lesser_roles(key: str) -> dict[str, str]:
    """Return the roles of the policy that give a part of what another gives and nothing else, by key with their titles."""
    from accounts.queries import REACH_ORDER, roles_in_force

    known = roles_in_force().roles
    role = known.get(key)
    if role is None:
        return {}
    sets = ("may", "scopes", "asks_for", "decides")
    return {
        one.key: one.title
        for one in known.values()
        if one.key != key
        and all(getattr(one, name) <= getattr(role, name) for name in sets)
        and REACH_ORDER.index(one.reach) <= REACH_ORDER.index(role.reach)
    }


def close_review(*, actor: Person, campaign_id: UUID) -> Campaign:
    """Close an access review of which every line is answered, and return it with the digest of its result.

    Raises `MayNotReviewStanding`, `LinesWait`, `AnsweredAlready` for one that is closed.
    """
    if not powers_of(actor, fresh=True).may & POWERS:
        raise MayNotReviewStanding("Only somebody who reviews closes an access review.", scope="review")
    with transaction.atomic(durable=True):
        row = Campaign.objects.select_for_update().get(pk=campaign_id)
        if row.closed_at:
            raise AnsweredAlready("This review is closed.", state="closed")
        if waiting := row.items.filter(decision="").count():
            raise LinesWait(f"{waiting} lines wait for an answer.", state="open")
        _close(row, actor, database_now())
    return row


def _close(row: Campaign, actor: Person | None, now: datetime) -> None:
    row.closed_at, row.closed_by, row.digest = now, actor, digest_of(row)
    row.save(update_fields=["closed_at", "closed_by", "digest"])
    counted = Counter(row.items.values_list("decision", flat=True))
    record(
        "access_review.closed",
        actor=actor.as_actor() if actor else SYSTEM,
        obj=row.as_ref(),
        authority="role" if actor else "none",
        lines=counted.total(),
        kept=counted[Decision.KEEP],
        reduced=counted[Decision.REDUCE],
        ended=counted[Decision.END] + counted[Decision.LATE],
        overdue=counted[Decision.LATE] + counted[Decision.TOLD],
        gone=counted[Decision.GONE],
        digest=row.digest,
    )


def settle_late_reviews() -> int:
    """Close one review whose time is over: what nobody looked at ends where the policy says so, and is told otherwise. Return how many."""
    with transaction.atomic(durable=True), sent_together():
        now = database_now()
        late = Campaign.objects.select_for_update(skip_locked=True).filter(closed_at=None, due_at__lte=now)
        row = late.order_by("due_at").first()
        if row is None:
            return 0
        ends = standing_rules_in_force().overdue == END
        _tell(row, Outbox.Kind.REVIEWS_LATE, now)
        waiting = row.items.select_for_update(of=("self",)).filter(decision="")
        for item in waiting.select_related("campaign", "person"):
            _overdue(item, now, ends)
        _close(row, None, now)
    return 1


def _overdue(item: CampaignItem, now: datetime, ends: bool) -> None:
    item.decision = Decision.TOLD if _stands(item) else Decision.GONE
    item.outcome = (
        "It stays: the policy only tells." if item.decision == Decision.TOLD else "It was over already."
    )
    if ends and item.decision == Decision.TOLD:
        try:
            with transaction.atomic():
                _end(item, None, "Nobody looked at it in time.", now)
            item.outcome = "It has ended."
        except (Conflict, Invalid) as error:
            item.decision, item.outcome = Decision.TOLD, f"It stays: {error}"
    item.decided_at = now
    item.save(update_fields=["decision", "outcome", "decided_at"])
    record(
        "access_review.overdue",
        actor=SYSTEM,
        obj=item.campaign.as_ref(),
        subject=item.person.as_ref(),
        authority="none",
        what=item.what,
        then=item.outcome,
        last_used=written(item.last_used_at) if item.last_used_at else "",
    )


def remind_reviewers() -> int:
    """Remind the reviewers of one review on the days that the policy names, once for each of them; return how many reviews that were."""
    days = standing_rules_in_force().remind_days
    with transaction.atomic(durable=True):
        now = database_now()
        rows = Campaign.objects.select_for_update(skip_locked=True).filter(closed_at=None, due_at__gt=now)
        for row in rows.order_by("due_at"):
            due = sum(row.due_at - now <= timedelta(days=day) for day in days)
            waiting = row.items.filter(decision="").count()
            if due > row.reminded:
                row.reminded = due
                row.save(update_fields=["reminded"])
                if waiting:
                    _tell(row, Outbox.Kind.REVIEWS_WAIT, now)
                record(
                    "access_review.reminded",
                    actor=SYSTEM,
                    obj=row.as_ref(),
                    authority="none",
                    open=waiting,
                    lines=row.items.count(),
                    until=written(row.due_at),
                )
                return 1
    return 0

"""Half a year of access reviews: two quarters that were answered and closed, and the running one, half answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import Person, RoleMembership, StandingRight
from accounts.queries import roles_in_force
from audit.actions import record
from audit.context import seeding
from audit.policies import active_policy
from audit.refs import SYSTEM
from grants.campaigns.result import digest_of
from grants.models import Campaign, CampaignItem
from opsconsole.lib.clock import database_now, written
from tenants.models import Tenant

DAYS = 21
QUARTER = timedelta(days=91)


@dataclass(frozen=True)
class Past:
    """One right that somebody held and no longer does: on which tenant, for how many days, and what the reviewer said of it."""

    person: str
    tenant: str
    held_days: int
    reason: str
    decision: str
    comment: str


PASTS = (
    (
        Past("success", "kestrel-cycles-prod-eu", 140, "Their first quarter.", "end", "They are with the second desk now."),
        Past("success", "oakridge-veterinary-prod-us", 60, "For a colleague on leave.", "end", "The colleague is back since May."),
    ),
    (
        Past("success", "fable-press-prod-eu", 75, "Their renewal was at risk.", "reduce", "The renewal is signed."),
    ),
)  # fmt: skip
WORDS = {
    "support": "On the rota of the desk.",
    "support_lead": "Decides on two shifts a week.",
    "success": "Looks after the book.",
}


def seed_reviews(make_partition: Callable[[datetime], None]) -> int:
    """Write the reviews of the last quarters once and return how many, 0 where one stands already or there is no book."""
    if Campaign.objects.exists() or not StandingRight.objects.exists():
        return 0
    now = database_now()
    running = now - timedelta(days=min(now.day + 30 * ((now.month - 1) % 3), 15))
    begins = [running - 2 * QUARTER, running - QUARTER, running]
    for at in begins:
        make_partition(at)
        make_partition(at + timedelta(days=DAYS))
    with transaction.atomic(durable=True):
        for at, past in zip(begins, (*PASTS, ()), strict=True):
            Quarter(at, past, now).write()
        record("demo.reviews_seeded", actor=SYSTEM, reviews=len(begins))
    return len(begins)


class Quarter:
    """Writes one review, line by line, each at its own time."""

    def __init__(self, at: datetime, past: tuple[Past, ...], now: datetime) -> None:
        self.at, self.past, self.now = at, past, now
        self.closes = bool(past)
        self.reviewers = [Person.objects.get(username=name) for name in ("compliance", "compliance2")]

    def write(self) -> None:
        """Write the review, its lines and, for one that is over, what was said of each and the close."""
        quarter = f"{self.at.year}-Q{(self.at.month + 2) // 3}"
        title = f"Everybody and everything, quarter {quarter[-1]} of {self.at.year}"
        self.row = Campaign(
            title=title, about="everything", quarter=quarter, opened_at=self.at, due_at=self.at + timedelta(days=DAYS),
            policy_version=active_policy().version,
        )  # fmt: skip
        self.row.save(force_insert=True)
        lines = list(self._lines())
        CampaignItem.objects.bulk_create(lines)
        until = written(self.row.due_at)
        self._record(self.at, "access_review.opened", lines=len(lines), until=until)
        for number, line in enumerate(lines):
            if self.closes or number % 3 == 0:
                self._answer(line, self.at + timedelta(days=2 + number % 9, hours=number % 7))
        if self.closes:
            self._close(lines)

    def _lines(self) -> list[CampaignItem]:
        roles, place, found = roles_in_force().roles, 0, []
        for held in RoleMembership.objects.select_related("person").order_by("person__display_name"):
            place += 1
            since = self.at - timedelta(days=40 + 23 * place % 300)
            what = roles[held.role].title if held.role in roles else held.role
            found.append(self._line(place, held.person, what, since, role=held.role))
        rights = [self._old(past) for past in self.past] or list(StandingRight.objects.standing())
        for right in rights:
            place += 1
            what = f"See one tenant: {right.object_label}"
            line = self._line(place, right.person, what, min(right.since, self.at), right=right)
            line.owner, line.reason = right.owner, right.reason
            found.append(line)
        return found

    def _line(self, place: int, person: Person, what: str, since: datetime, **more: object) -> CampaignItem:
        first, second = self.reviewers
        kind = "right" if "right" in more else "role"
        used = self.at - timedelta(days=1 + place % 6, hours=place) if place % 5 else None
        return CampaignItem(
            campaign=self.row, place=place, person=person, kind=kind, what=what, since=since, last_used_at=used,
            reviewer=second if person == first else first, **more,
        )  # fmt: skip

    def _old(self, past: Past) -> StandingRight:
        tenant, since = Tenant.objects.get(slug=past.tenant), self.at - timedelta(days=past.held_days)
        right = StandingRight(
            person=Person.objects.get(username=past.person), object_key=str(tenant.pk), object_label=str(tenant),
            permission=Permission.objects.get(codename="view_tenant", content_type__app_label="tenants"),
            owner="Head of customer success", reason=past.reason, since=since, review_on=self.at.date(),
            ended_at=self.at + timedelta(days=DAYS + 21), end_cause="review" if past.decision == "end" else "over",
        )  # fmt: skip
        right.save(force_insert=True)
        with seeding(self.at):
            record(
                "object_right.ended", actor=SYSTEM, tenant=tenant.as_ref(), obj=right.as_ref(),
                subject=right.person.as_ref(), right="See one tenant", cause=right.get_end_cause_display(),
            )  # fmt: skip
        return right

    def _answer(self, line: CampaignItem, at: datetime) -> None:
        said = {past.reason: past for past in self.past}.get(line.reason)
        line.decision = said.decision if said else "keep"
        line.comment = said.comment if said else WORDS.get(line.role, "")
        line.outcome = "ends in three weeks" if line.decision == "reduce" else ""
        line.decided_by, line.decided_at = line.reviewer, min(at, self.now)
        line.save(update_fields=["decision", "comment", "outcome", "decided_by", "decided_at"])
        kinds = {
            "keep": "access_review.kept",
            "reduce": "access_review.reduced",
            "end": "access_review.ended",
        }
        more = {"what": line.what, "then": line.outcome, "comment": line.comment}
        self._record(
            line.decided_at, kinds[line.decision], line.reviewer, subject=line.person.as_ref(), **more
        )

    def _close(self, lines: list[CampaignItem]) -> None:
        counted = {name: sum(line.decision == name for line in lines) for name in ("keep", "reduce", "end")}
        reviewer, at = self.reviewers[0], self.at + timedelta(days=12)
        self.row.closed_at, self.row.closed_by, self.row.digest = at, reviewer, digest_of(self.row)
        self.row.save(update_fields=["closed_at", "closed_by", "digest"])
        self._record(
            at, "access_review.closed", reviewer, lines=len(lines), kept=counted["keep"], reduced=counted["reduce"],
            ended=counted["end"], overdue=0, gone=0, digest=self.row.digest,
        )  # fmt: skip

    def _record(self, at: datetime, name: str, actor: Person | None = None, **more: object) -> None:
        with seeding(at):
            record(name, actor=actor.as_actor() if actor else SYSTEM, obj=self.row.as_ref(), **more)  # type: ignore[arg-type]

"""Writes the demo's week as it would have been written: case, looks, request, decision, window, end, each with its event.

Run by the owner of the database before the first seal; the events carry past times and are marked as seeded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import roles_in_force
from accounts.sign_ins.marks import MARK
from audit.actions import record
from audit.context import seeding
from audit.policies import active_policy
from audit.refs import SYSTEM, Actor, Ref
from demo.consents import answer_customer, ask_customer
from demo.notes import note_after
from demo.reviews import seed_mark, sign_in_together
from demo.sessions import approve_twice, work_in_session
from demo.told import seed_what_was_told
from demo.week import WEEK, Story
from grants import policy
from grants.access_rules import Ceremony
from grants.actions.automatic import POLICY
from grants.actions.breaking_glass import skipped_by
from grants.actions.handing_over import pass_on
from grants.actions.starting import begin_grant
from grants.digest import digest_of, same_question
from grants.models import (
    AccessRequest,
    Approval,
    ApprovalScope,
    BreakGlass,
    Case,
    ConsentAnswer,
    Grant,
    RequestScope,
)
from grants.rules import rules_in_force
from opsconsole.lib.clock import database_now, written
from tenants.language.shapes import Panel
from tenants.models import PanelAnswer, Tenant
from tenants.queries import language_in_force

# What the person said of the last panel of a story; "no" for every other outcome.
VERDICTS = {"": "yes", "withdrawn": "yes", "denied": "guessed", "lapsed": "guessed"}


def seed_history(make_partition: Callable[[datetime], None]) -> int:
    """Write the week once and return how many cases it has, 0 where cases stand already or the policy is not the demo's.

    `make_partition` makes room in the log for the month of a past time.
    """
    if Case.objects.exists() or not {scope for story in WEEK for scope in story.scopes} <= set(
        roles_in_force().scopes
    ):
        return 0
    now = database_now()
    with transaction.atomic(durable=True):
        for story in WEEK:
            make_partition(now - timedelta(hours=story.hours))
            StoryWriter(story, now).write()
        seed_what_was_told(now)
        seed_mark(now - timedelta(hours=max(story.hours for story in WEEK)), now)
        record("demo.history_seeded", actor=SYSTEM, cases=len(WEEK))
    return len(WEEK)


def _panel_named(title: str) -> Panel:
    return next(panel for panel in language_in_force().panels if panel.title == title)


@dataclass
class StoryWriter:
    """Writes one story, moving its own time forward step by step."""

    story: Story
    now: datetime
    sign_ins: dict[str, UUID] = field(default_factory=dict)

    def write(self) -> None:
        story = self.story
        self.at = self.now - timedelta(hours=story.hours)
        self.owner = Person.objects.get(username=story.owner)
        self.tenant = Tenant.objects.get(slug=story.tenant)
        if story.one_browser:
            together = [self.owner, Person.objects.get(username=story.approver)]
            self.sign_ins = sign_in_together(together, self.at - timedelta(minutes=10))
        self._open_case()
        for panel in story.panels:
            self.step(1.5)
            self._look(self.owner, panel, "role")
        self._answer(story.panels[-1])
        if not story.outcome:
            return
        if story.outcome == "broken":
            self._break_glass()
            return
        self.step(2)
        self._ask()
        if story.consent:
            ask_customer(self)
        if story.outcome == "pending":
            return
        if story.consent == "agreed":
            self.step(2)
            answer_customer(self, ConsentAnswer.Answer.AGREED)
        self.step(story.waited)
        getattr(self, f"_{story.outcome}")()

    def step(self, minutes: float) -> None:
        """Let some minutes pass."""
        self.at += timedelta(minutes=minutes)

    def _record(self, name: str, actor: Person | None, **more: object) -> None:
        self.record_by(actor.as_actor() if actor else SYSTEM, name, **more)

    def record_by(self, who: Actor, name: str, **more: object) -> None:
        """Write one event of the story at its own time, marked as seeded."""
        trail = more.pop("trail", None) or self.case.trail()
        with seeding(self.at) as context:
            if who.id in self.sign_ins:
                context.marks[MARK] = str(self.sign_ins[who.id])
            record(name, actor=who, tenant=self.tenant.as_ref(), trail=trail, **more)  # type: ignore[arg-type]

    def _open_case(self) -> None:
        self.case = Case(
            ticket=self.story.ticket,
            tenant=self.tenant,
            owner=self.owner,
            issue=self.story.issue,
            opened_at=self.at,
        )
        self.case.save(force_insert=True)
        self._record("case.opened", self.owner, obj=self.case.as_ref())

    def _look(self, person: Person, panel: str, authority: str, grant: Grant | None = None) -> None:
        trail = grant.trail() if grant else None
        known = _panel_named(panel)
        self._record(
            "panel.opened", person, authority=authority, trail=trail, panel=panel,
            panels=[known.key], scopes=[known.scope],
        )  # fmt: skip

    def _answer(self, panel: str) -> None:
        self.step(1 + len(self.story.issue) % 9 * 0.6)
        if self.story.engineering:
            self._say(panel, PanelAnswer.Verdict.ASKED)
            self.step(self.story.engineering * 60)
        self._say(panel, VERDICTS.get(self.story.outcome, "no"))

    def _say(self, panel: str, verdict: str) -> None:
        said = PanelAnswer(
            panel=_panel_named(panel).key, tenant=self.tenant, person=self.owner, ticket=self.story.ticket, at=self.at,
            verdict=verdict, policy_version=active_policy().version,
        )  # fmt: skip
        said.save(force_insert=True)
        self._record(
            "panel.answered", self.owner, panel=panel, key=said.panel, verdict=said.get_verdict_display()
        )

    def _ask(self) -> None:
        known, story = roles_in_force().scopes, self.story
        consequences = {known[scope].consequence for scope in story.scopes}
        ceremony = rules_in_force().ceremony_for(consequences)
        self._write_request(ceremony, story.minutes)
        self._record(
            "access.requested", self.owner, obj=self.request.as_ref(), trail=self.request.trail(), approval_state="pending",
            scopes=sorted(story.scopes), minutes=story.minutes, approvals_needed=ceremony.approvals, preset=self.request.preset,
        )  # fmt: skip

    def _write_request(self, ceremony: Ceremony, minutes: int, kind: str = "asked") -> None:
        known, story, rules = roles_in_force().scopes, self.story, rules_in_force()
        self.consequences = {scope: known[scope].consequence for scope in story.scopes}
        preset = next((one.key for one in rules.presets if set(one.scopes) == set(story.scopes)), "")
        self.request = AccessRequest(
            case=self.case, tenant=self.tenant, environment=self.tenant.environment, region=self.tenant.region,
            requester=self.owner, person=self.owner, reason=story.reason, minutes=minutes, kind=kind,
            preset=preset if kind == "asked" else "",
            policy_version=active_policy().version, longest_minutes=ceremony.longest_minutes,
            approvals_needed=ceremony.approvals, scope_count=len(story.scopes),
            same_as=same_question(case_id=self.case.pk, person_id=self.owner.pk, scopes=story.scopes),
            asked_at=self.at, pending_until=self.at + timedelta(minutes=ceremony.pending_minutes),
        )  # fmt: skip
        asked = policy.Decided(frozenset(story.scopes), minutes)
        self.request.digest = digest_of(self.request, asked)
        self.request.save(force_insert=True)
        RequestScope.objects.bulk_create(
            RequestScope(request=self.request, scope=scope, consequence=consequence)
            for scope, consequence in sorted(self.consequences.items())
        )

    def _break_glass(self) -> None:
        minutes = rules_in_force().glass.minutes
        self.step(2)
        self._write_request(Ceremony(0, minutes, minutes, 1), minutes, "break_glass")
        skipped = skipped_by(self.request)
        glass = BreakGlass(request=self.request, person=self.owner, skipped=len(skipped), broken_at=self.at)
        glass.save(force_insert=True)
        self.close_request("approved")
        scopes = frozenset(self.story.scopes)
        grant = begin_grant(self.request, self.consequences, policy.Decided(scopes, minutes), self.at)
        self._record(
            "glass.broken", self.owner, obj=grant.as_ref(), trail=grant.trail(), authority="break-glass", approval_state="none",
            scopes=sorted(scopes), minutes=minutes, until=written(grant.expires_at), told=len(skipped),
        )  # fmt: skip
        for panel in self.story.looks:
            self.step(2)
            self._look(self.owner, panel, "break-glass", grant)
        self.at = grant.expires_at + timedelta(seconds=1)
        self._end(grant, "expired", None)
        if self.story.reviewed:
            self._review(glass, grant)

    def _review(self, glass: BreakGlass, grant: Grant) -> None:
        self.step(self.story.waited * 60)
        reviewer = Person.objects.get(username="compliance")
        glass.reviewer, glass.verdict, glass.word, glass.reviewed_at = (
            reviewer, BreakGlass.Verdict.NEEDED, self.story.reviewed, self.at,
        )  # fmt: skip
        glass.save(update_fields=["reviewer", "verdict", "word", "reviewed_at"])
        self._record(
            "glass.reviewed", reviewer, obj=glass.as_ref(), trail=grant.trail(), verdict=glass.get_verdict_display().lower(),
            subject=Ref("person", str(self.owner.pk), self.owner.display_name), comment=glass.word,
        )  # fmt: skip

    def _by_rule(self) -> None:
        story = self.story
        rule = next(rule for rule in rules_in_force().automatic if set(story.scopes) <= rule.scopes)
        decided = policy.Decided(frozenset(story.scopes), story.minutes)
        approval = Approval(
            request=self.request, requester=self.owner, person=self.owner, decision="approve", digest=self.request.digest, round=1,
            rule=rule.key, rule_day=rule.day_of(self.at), rule_number=1, rule_most=rule.most_per_day, minutes=story.minutes,
            scope_count=len(story.scopes), policy_version=active_policy().version, decided_at=self.at,
        )  # fmt: skip
        approval.save(force_insert=True)
        ApprovalScope.objects.bulk_create(
            ApprovalScope(approval=approval, request=self.request, scope=scope) for scope in story.scopes
        )
        self.close_request("approved")
        grant = begin_grant(self.request, self.consequences, decided, self.at)
        with seeding(self.at):
            record(
                "request.approved_by_policy", actor=POLICY, tenant=self.tenant.as_ref(), obj=self.request.as_ref(), trail=grant.trail(),
                subject=Ref("person", str(self.owner.pk), self.owner.display_name), authority="none", approval_state="approved",
                scopes=sorted(story.scopes), minutes=story.minutes, rule=rule.key, number=1, most=rule.most_per_day,
                until=written(grant.expires_at),
            )  # fmt: skip
        for panel in story.looks:
            self.step(2)
            self._look(self.owner, panel, "grant", grant)
        self.step(story.used)
        self._end(grant, "given_back", self.owner)

    def decide(self, decision: str, kept: policy.Decided | None, by: str = "") -> Person:
        """Write one decision of the story's approver, or of somebody else by their sign-in name, and return who it was."""
        approver = Person.objects.get(username=by or self.story.approver)
        if self.story.read is not None:
            decided, self.at = (
                self.at,
                self.at - timedelta(minutes=min(self.story.read, self.story.waited / 2)),
            )
            self._record(
                "request.opened",
                approver,
                obj=self.request.as_ref(),
                trail=self.request.trail(),
                approval_state="pending",
            )
            self.at = decided
        approval = Approval(
            request=self.request, requester=self.owner, person=self.owner, decider=approver, decision=decision,
            digest=self.request.digest, round=1, minutes=kept.minutes if kept else None,
            scope_count=len(kept.scopes) if kept else 0, comment=self.story.comment, policy_version=active_policy().version,
            decided_at=self.at,
        )  # fmt: skip
        approval.save(force_insert=True)
        ApprovalScope.objects.bulk_create(
            ApprovalScope(approval=approval, request=self.request, scope=scope)
            for scope in sorted(kept.scopes if kept else ())
        )
        return approver

    def close_request(self, status: str) -> None:
        """Write that the request is decided."""
        self.request.status, self.request.closed_at = status, self.at
        self.request.save(update_fields=["status", "closed_at"])

    def _approve(self) -> Grant:
        kept = policy.Decided(frozenset(self.story.scopes) - set(self.story.left_out), self.story.minutes)
        approver = self.decide("approve", kept)
        self.close_request("approved")
        grant = begin_grant(self.request, self.consequences, kept, self.at)
        self._record(
            "request.approved", approver, obj=self.request.as_ref(), trail=grant.trail(), approval_state="approved",
            scopes=sorted(kept.scopes), minutes=kept.minutes, dropped=sorted(self.story.left_out),
            until=f"{grant.expires_at:%H:%M} UTC", comment=self.story.comment,
        )  # fmt: skip
        for panel in self.story.looks:
            self.step(min(3.0, self.story.used / 2))
            self._look(self.owner, panel, "grant", grant)
        return grant

    def _end(self, grant: Grant, cause: str, by: Person | None) -> None:
        grant.status, grant.ended_at, grant.end_cause, grant.ended_by = "ended", self.at, cause, by
        grant.save(update_fields=["status", "ended_at", "end_cause", "ended_by"])
        self._record(
            "grant.ended", by, obj=grant.as_ref(), trail=grant.trail(),
            subject=Ref("person", str(grant.person_id), grant.person.display_name),
            cause=grant.get_end_cause_display().lower(), by=by.display_name if by else "",
        )  # fmt: skip
        note_after(self.case, grant.person, self.at + timedelta(minutes=3), self.story.looks)

    def _live(self) -> None:
        self._approve()

    def _expired(self) -> None:
        grant = self._approve()
        self.at = grant.expires_at + timedelta(seconds=1)
        self._end(grant, "expired", None)

    def _handed_over(self) -> None:
        grant, colleague = self._approve(), Person.objects.get(username=self.story.taken_by)
        self.step(self.story.used)
        taken = pass_on(grant, self.owner, colleague, self.at)
        self._record(
            "grant.handed_over", self.owner, obj=taken.as_ref(), trail=grant.trail(), until=written(taken.expires_at),
            subject=Ref("person", str(colleague.pk), colleague.display_name), new_grant=str(taken.pk), comment="",
        )  # fmt: skip
        for panel in self.story.looks:
            self.step(2)
            self._look(colleague, panel, "grant", taken)
        self.at = taken.expires_at + timedelta(seconds=1)
        self._end(taken, "expired", None)

    def _in_session(self) -> None:
        grant = approve_twice(self)
        work_in_session(self, grant)
        self.step(1)
        self._end(grant, "given_back", self.owner)

    def _given_back(self) -> None:
        grant = self._approve()
        self.step(self.story.used)
        self._end(grant, "given_back", self.owner)

    def _revoked(self) -> None:
        grant = self._approve()
        self.step(self.story.used)
        self._end(grant, "revoked", Person.objects.get(username=self.story.approver))

    def _denied(self) -> None:
        approver = self.decide("deny", None)
        self.close_request("denied")
        self._record(
            "request.denied", approver, obj=self.request.as_ref(), trail=self.request.trail(), approval_state="denied",
            scopes=sorted(self.story.scopes), comment=self.story.comment,
        )  # fmt: skip

    def _customer_refused(self) -> None:
        answer_customer(self, ConsentAnswer.Answer.REFUSED, self.story.comment)
        self.close_request("denied")

    def _withdrawn(self) -> None:
        self.close_request("withdrawn")
        self._record(
            "request.withdrawn",
            self.owner,
            obj=self.request.as_ref(),
            trail=self.request.trail(),
            comment=self.story.comment,
        )

    def _lapsed(self) -> None:
        self.at = self.request.pending_until + timedelta(seconds=1)
        self.close_request("lapsed")
        self._record(
            "request.lapsed", None, obj=self.request.as_ref(), trail=self.request.trail(), approval_state="lapsed",
            subject=Ref("person", str(self.owner.pk), self.owner.display_name),
        )  # fmt: skip

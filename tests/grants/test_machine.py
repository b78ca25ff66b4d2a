"""A model of the whole life of an access, driven at random against the verbs. The model is written by hand and knows no SQL.

Time passes by shifting rows as the owner of the tables; the product has no clock to set.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Person
from audit.context import surface
from grants import actions
from grants.models import AccessRequest, BreakGlass, Grant
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tenants.models import Tenant
from tests.grants.desk import REASON
from tests.grants.triggers import on_again
from tests.tenants.policies import DEMO, put_in_force

NEEDS = {"imports.read": 1, "people.read": 1, "sync.rerun": 1, "session.view": 2}
LONGEST = {"imports.read": 240, "people.read": 240, "sync.rerun": 120, "session.view": 60}
RULE = """
[[auto_approve]]
key = "the-machine"
roles = ["support"]
scopes = ["imports.read"]
minutes = 30
most_per_day = 100
"""
BY_RULE = {"imports.read"}
IN_EMERGENCY = {"imports.read", "people.read"}
MOST_STARTS = 20  # emergency starts of one person in a week
AGENTS = ("agent", "agent2")
LEADS = ("approver", "approver2")
SCOPES = st.sets(st.sampled_from(sorted(NEEDS)), min_size=1, max_size=3)
NEAR = timedelta(seconds=20)  # so close to an end the model does not guess


@dataclass
class Asked:
    """What the model remembers of a request."""

    id: Any
    person: str
    tenant: int
    scopes: set[str]
    minutes: int
    needed: int
    state: str = "pending"
    approved_by: set[str] = field(default_factory=set)


@dataclass
class Window:
    """What the model remembers of a grant."""

    id: Any
    person: str
    tenant: int
    scopes: set[str]
    start: datetime
    end: datetime
    over: bool = False


class Life(RuleBasedStateMachine):
    """All verbs in any order."""

    as_owner: Any
    started = 0
    by_rule: Counter[str] = Counter()
    broken: Counter[str] = Counter()

    @initialize()
    def begin(self):
        Life.started += 1
        self.people = {person.username: person for person in Person.objects.all()}
        self.tenants = list(Tenant.objects.order_by("slug")[:2])
        self.requests: list[Asked] = []
        self.windows: list[Window] = []
        self.gone: set[str] = set()
        self.cases = {
            (who, number): actions.open_case(
                actor=self.people[who], tenant=tenant, ticket=f"HD-{Life.started}{number}", issue="It broke."
            )
            for who in AGENTS
            for number, tenant in enumerate(self.tenants)
        }

    def attempt(self, verb, **values):
        """Run a verb; return its result, or the class of its refusal."""
        try:
            return verb(**values)
        except (Refused, Conflict, Invalid) as error:
            return type(error)

    @rule(
        who=st.sampled_from(AGENTS),
        number=st.integers(0, 1),
        scopes=SCOPES,
        minutes=st.sampled_from([30, 20, 45, 60, 90, 0, 300]),
    )
    def ask(self, who, number, scopes, minutes):
        self.try_to_ask(who, number, scopes, minutes)

    def try_to_ask(self, who, number, scopes, minutes):
        if who in self.gone:
            return
        case = self.cases[who, number]
        made = self.attempt(
            actions.request_access,
            actor=self.people[who],
            case_id=case.pk,
            scopes=scopes,
            minutes=minutes,
            reason=REASON,
        )
        waiting = any(
            (r.person, r.tenant, r.scopes, r.state) == (who, number, scopes, "pending") for r in self.requests
        )
        allowed = 1 <= minutes <= min(LONGEST[scope] for scope in scopes)
        held = any(self.holds(who, number, scope) for scope in scopes)
        if isinstance(made, AccessRequest):
            assert allowed
            assert not waiting
            assert held is not True
            needed = max(NEEDS[scope] for scope in scopes)
            asked = Asked(made.pk, who, number, set(scopes), minutes, needed, state=made.status)
            self.requests.append(asked)
            self.decided_by_rule(asked, held)
        else:
            assert not allowed or waiting or held is not False, made

    def decided_by_rule(self, asked, held):
        covered = asked.scopes <= BY_RULE and asked.minutes <= 30
        if asked.state != "approved":
            assert asked.state == "pending"
            assert not covered or held is None or Life.by_rule[asked.person] >= 100
            return
        assert covered
        Life.by_rule[asked.person] += 1
        assert Life.by_rule[asked.person] <= 100
        self.opened(
            asked.person, asked.tenant, asked.scopes, asked.minutes, Grant.objects.get(request=asked.id)
        )

    def opened(self, person, tenant, scopes, minutes, grant):
        end = grant.starts_at + timedelta(minutes=minutes)
        self.windows.append(Window(grant.pk, person, tenant, set(scopes), grant.starts_at, end))

    @rule(who=st.sampled_from(AGENTS), number=st.integers(0, 1), scopes=SCOPES)
    def break_glass(self, who, number, scopes):
        owed = BreakGlass.objects.filter(person=self.people[who], reviewed_at__isnull=True).exists()
        waiting = any(
            (r.person, r.tenant, r.scopes, r.state) == (who, number, scopes, "pending") for r in self.requests
        )
        made = self.attempt(
            actions.break_glass,
            actor=self.people[who],
            case_id=self.cases[who, number].pk,
            scopes=scopes,
            reason=REASON,
        )
        held = [self.holds(who, number, scope) for scope in scopes]
        if isinstance(made, Grant):
            assert not owed
            assert not waiting
            assert who not in self.gone
            assert scopes <= IN_EMERGENCY
            assert True not in held
            Life.broken[who] += 1
            assert Life.broken[who] <= MOST_STARTS
            self.opened(who, number, scopes, 15, made)
        else:
            refused = owed or waiting or who in self.gone or not scopes <= IN_EMERGENCY
            assert refused or held.count(False) < len(held) or Life.broken[who] >= MOST_STARTS, made

    @rule(by=st.sampled_from((*AGENTS, *LEADS, "compliance", "admin")), who=st.sampled_from(AGENTS))
    def review(self, by, who):
        glass = BreakGlass.objects.filter(person=self.people[who], reviewed_at__isnull=True).first()
        if glass is None:
            return
        said = self.attempt(
            actions.review_glass,
            actor=self.people[by],
            glass_id=glass.pk,
            verdict="needed",
            comment="Read it.",
        )
        assert isinstance(said, BreakGlass) is (by == "compliance")

    @precondition(lambda self: self.requests)
    @rule(
        newest=st.booleans(),
        data=st.data(),
        by=st.sampled_from((*LEADS, "agent")),
        drop=st.booleans(),
        more=st.sampled_from([0, -5, 1]),
    )
    def approve(self, newest, data, by, drop, more):
        asked = self.requests[-1] if newest else data.draw(st.sampled_from(self.requests))
        self.try_to_approve(asked, by, drop, more)

    @rule(
        who=st.sampled_from(AGENTS),
        number=st.integers(0, 1),
        scopes=SCOPES,
        minutes=st.sampled_from([30, 45]),
    )
    def get(self, who, number, scopes, minutes):
        before = len(self.requests)
        self.try_to_ask(who, number, scopes, minutes)
        for asked in self.requests[before:]:
            for lead in LEADS[: asked.needed]:
                self.try_to_approve(asked, lead, drop=False, more=0)
            assert asked.state == "approved"

    def try_to_approve(self, asked, by, drop, more):
        row = AccessRequest.objects.get(pk=asked.id)
        scopes = set(sorted(asked.scopes)[:1]) if drop else set(asked.scopes)
        minutes = asked.minutes + more
        done = self.attempt(
            actions.approve,
            actor=self.people[by],
            request_id=asked.id,
            digest=row.digest,
            scopes=scopes,
            minutes=minutes,
        )
        if isinstance(done, type):
            return
        assert by in LEADS
        assert by not in asked.approved_by
        assert asked.state == "pending"
        assert asked.person not in self.gone
        assert 1 <= minutes <= asked.minutes
        asked.approved_by.add(by)
        asked.scopes, asked.minutes = scopes, minutes
        grant = Grant.objects.filter(request=asked.id).first()
        assert (grant is not None) is (len(asked.approved_by) >= asked.needed)
        if grant:
            asked.state = "approved"
            self.opened(asked.person, asked.tenant, scopes, minutes, grant)

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), by=st.sampled_from(AGENTS + LEADS))
    def deny(self, data, by):
        asked = data.draw(st.sampled_from(self.requests))
        if not isinstance(
            self.attempt(actions.deny, actor=self.people[by], request_id=asked.id, comment="No."), type
        ):
            assert by in LEADS
            assert asked.state == "pending"
            asked.state = "denied"

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), by=st.sampled_from(AGENTS + LEADS))
    def withdraw(self, data, by):
        asked = data.draw(st.sampled_from(self.requests))
        if not isinstance(self.attempt(actions.withdraw, actor=self.people[by], request_id=asked.id), type):
            assert by == asked.person
            assert asked.state == "pending"
            asked.state = "withdrawn"

    @precondition(lambda self: self.windows)
    @rule(data=st.data(), by=st.sampled_from((*AGENTS, *LEADS, "admin", "outsider")))
    def end(self, data, by):
        window = data.draw(st.sampled_from(self.windows))
        if not isinstance(self.attempt(actions.revoke, actor=self.people[by], grant_id=window.id), type):
            assert by in (window.person, *LEADS, "admin")
            assert not window.over
            window.over = True

    @rule(minutes=st.sampled_from([1, 7, 29, 61, 241]))
    def time_passes(self, minutes):
        moved = f"- interval '{minutes} minutes'"
        self.as_owner(
            f"""BEGIN; ALTER TABLE grants_grant DISABLE TRIGGER USER; ALTER TABLE grants_grantscope DISABLE TRIGGER USER;
                UPDATE grants_grant SET starts_at = starts_at {moved}, counts_from = counts_from {moved}, expires_at = expires_at {moved},
                    ended_at = ended_at {moved};
                UPDATE grants_grantscope SET starts_at = starts_at {moved}, until = until {moved};
                {on_again("grants_grant", "grants_grantscope")} COMMIT"""
        )
        for window in self.windows:
            window.start -= timedelta(minutes=minutes)
            window.end -= timedelta(minutes=minutes)

    @rule()
    def sweep(self):
        actions.expire_grants()
        actions.start_grants()
        actions.lapse_requests()
        now = database_now()
        for window in self.windows:
            if window.end + NEAR < now:
                assert Grant.objects.get(pk=window.id).status == "ended"

    @rule(who=st.sampled_from(AGENTS))
    def leave_or_return(self, who):
        active = who in self.gone
        self.as_owner(
            f"""ALTER TABLE accounts_person DISABLE TRIGGER USER;
                UPDATE accounts_person SET is_active = {active} WHERE username = '{who}'; ALTER TABLE accounts_person ENABLE TRIGGER USER"""
        )
        self.gone ^= {who}
        self.people[who].refresh_from_db()

    def holds(self, who, number, scope):
        """Return whether the model says that somebody holds a scope; None so close to an end that it does not say."""
        now = datetime.now(UTC)  # one machine, so the database's clock within a moment
        mine = [
            w
            for w in self.windows
            if (w.person, w.tenant) == (who, number) and scope in w.scopes and not w.over
        ]
        if any(abs(w.end - now) < NEAR for w in mine):
            return None
        return any(w.start <= now < w.end for w in mine)

    @invariant()
    def access_is_what_the_model_says(self):
        for who, number, scope in product(AGENTS, range(2), NEEDS):
            said = self.holds(who, number, scope)
            with surface("web"):
                holds = self.people[who].has_perm(f"tenants.{scope}", self.tenants[number])
            if said is not None:
                assert holds is (said and who not in self.gone), (who, scope)

    @invariant()
    def the_database_agrees_with_itself(self):
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT count(*) FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id
                   WHERE r.status <> 'approved' OR g.person_id <> r.person_id
                      OR g.expires_at - g.starts_at > make_interval(mins => r.minutes)
                      OR EXISTS (SELECT 1 FROM grants_approval a WHERE a.request_id = r.id
                                 AND a.decider_id IN (r.requester_id, r.person_id))
                      OR (SELECT count(DISTINCT coalesce(a.decider_id::text, a.rule)) FROM grants_approval a
                          WHERE a.request_id = r.id) < r.approvals_needed
                      OR r.kind = 'break_glass' AND NOT EXISTS (SELECT 1 FROM grants_breakglass b WHERE b.request_id = r.id)"""
            )
            assert cursor.fetchone() == (0,)

    def teardown(self):
        for window in getattr(self, "windows", []):
            self.attempt(actions.revoke, actor=self.people["admin"], grant_id=window.id)
        for asked in getattr(self, "requests", []):
            self.attempt(actions.withdraw, actor=self.people[asked.person], request_id=asked.id)
        for who in list(getattr(self, "gone", [])):
            self.leave_or_return(who)


def test_any_order_of_verbs_keeps_the_laws(committed, as_owner):
    access = (DEMO / "access.toml").read_text().replace("most_per_week = 3", f"most_per_week = {MOST_STARTS}")
    put_in_force(access=access + RULE)
    Life.as_owner, Life.by_rule, Life.broken = staticmethod(as_owner), Counter(), Counter()
    quiet = settings(
        max_examples=7,
        stateful_step_count=22,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    run_state_machine_as_test(Life, settings=quiet)
    assert Grant.objects.count() > 5
    assert Life.broken.total()
    assert Life.by_rule.total()

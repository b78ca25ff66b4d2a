"""The pure rules, as tables."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.roles import Scope
from grants import policy
from grants.access_rules import Ceremony, ReasonRules

RULES = ReasonRules(
    shortest=20, vague=("need access", "support issue", "urgent", "please", "customer asked", "to check")
)
NOON = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # half an hour before clocks change in Europe
KNOWN = {
    "a.read": Scope("a.read", "sensitive", "See A"),
    "b.write": Scope("b.write", "corrective", "Change B"),
}
REQUESTER, COLLEAGUE, LEAD = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("reason", "good"),
    [
        ("", False),
        ("   \n\t ", False),
        ("need access", False),
        ("Need   ACCESS!!!", False),
        ("need access please HD-48192", False),
        ("urgent support issue HD-48192", False),
        ("customer asked to check HD-48192 urgent please", False),
        ("HD-48192 HD-48192 HD-48192", False),
        ("Import stopped", False),
        ("The import stopped at row 431 and support needs to see why", True),
        ("Urgent: invoices missing since the plan changed", True),
        ("顧客の請求書が昨日から届いていないため、送信履歴を確認します", True),
    ],
)
def test_a_reason_must_say_what_failed(reason, good):
    assert (policy.reason_fault(reason, ticket="HD-48192", rules=RULES) == "") is good


def test_the_better_example_is_built_from_the_case():
    example = policy.better_reason(
        "Invoices are missing.\nSince Monday.", [Scope("payments.read", "sensitive", "See single charges")]
    )
    assert "Invoices are missing. Since Monday" in example
    assert "see single charges" in example


@pytest.mark.parametrize(
    ("minutes", "good"), [(0, False), (-5, False), (1, True), (1440, True), (1441, False), (24, True)]
)
def test_a_day_is_1440_minutes_and_never_zero(minutes, good):
    ceremony = Ceremony(approvals=1, default_minutes=30, longest_minutes=1440, pending_minutes=60)
    assert (policy.minutes_fault(minutes, ceremony) == "") is good


@pytest.mark.parametrize(
    ("start", "good"),
    [
        (None, True),
        (NOON - timedelta(seconds=1), False),
        (NOON, True),
        (NOON + timedelta(days=7), True),
        (NOON + timedelta(days=7, seconds=1), False),
    ],
)
def test_a_start_is_never_in_the_past_and_within_a_week(start, good):
    assert (policy.start_fault(start, NOON) == "") is good


@pytest.mark.parametrize(
    ("scopes", "asks_for", "good"),
    [
        (set(), {"sensitive"}, False),
        ({"a.read"}, {"sensitive"}, True),
        ({"a.read", "b.write"}, {"sensitive"}, False),
        ({"a.read", "b.write"}, {"sensitive", "corrective"}, True),
        ({"a.read", "nothing.like.it"}, {"sensitive"}, False),
    ],
)
def test_scopes_must_exist_and_fit_the_role(scopes, asks_for, good):
    assert (policy.scopes_fault(scopes, KNOWN, asks_for) == "") is good


@pytest.mark.parametrize(
    ("decider", "changes", "good"),
    [
        (LEAD, {}, True),
        (REQUESTER, {}, False),
        (COLLEAGUE, {}, False),
        (LEAD, {"may_decide": False}, False),
        (LEAD, {"in_reach": False}, False),
        (LEAD, {"decides": frozenset({"sensitive"})}, False),
        (LEAD, {"decides": frozenset()}, False),
        (LEAD, {"earlier": (LEAD,)}, False),
    ],
)
def test_the_requester_and_the_user_never_decide(decider, changes, good):
    who = policy.Deciding(
        **{
            "decider": decider,
            "requester": REQUESTER,
            "person": COLLEAGUE,
            "may_decide": True,
            "decides": frozenset({"sensitive", "corrective"}),
            "in_reach": True,
        }
        | changes
    )
    assert (policy.decision_fault(who, {"sensitive", "corrective"}) == "") is good


def test_what_remains_is_the_intersection_of_all_approvals():
    first = policy.Decided(frozenset({"a", "b"}), 60)
    second = policy.Decided(frozenset({"b", "c"}), 45)
    assert policy.what_remains({"a", "b", "c"}, 90, [first, second]) == policy.Decided(frozenset({"b"}), 45)
    assert policy.what_remains({"a"}, 90, []) == policy.Decided(frozenset({"a"}), 90)


@pytest.mark.parametrize(
    ("scopes", "minutes", "fields"),
    [
        ({"a"}, 30, set()),
        ({"a", "b"}, 60, set()),
        ({"a", "z"}, 30, {"scopes"}),
        (set(), 30, {"scopes"}),
        ({"a"}, 61, {"minutes"}),
        ({"a"}, 0, {"minutes"}),
        ({"z"}, -1, {"scopes", "minutes"}),
    ],
)
def test_an_approval_only_narrows(scopes, minutes, fields):
    asked = policy.Decided(frozenset({"a", "b"}), 60)
    assert set(policy.widening_fault(policy.Decided(frozenset(scopes), minutes), asked)) == fields


def test_the_clock_starts_at_approval_and_summer_time_changes_nothing():
    assert policy.window(NOON, None, 120) == (NOON, NOON + timedelta(hours=2))
    later = NOON + timedelta(hours=5)
    assert policy.window(NOON, later, 60) == (later, later + timedelta(hours=1))
    assert policy.window(NOON, NOON - timedelta(hours=1), 60) == (NOON, NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    ("seconds", "ended", "state"),
    [
        (-1, False, "scheduled"),
        (0, False, "live"),
        (59, False, "live"),
        (60, False, "ended"),
        (30, True, "ended"),
    ],
)
def test_a_grant_is_live_from_its_start_until_before_its_end(seconds, ended, state):
    now = NOON + timedelta(seconds=seconds)
    found = policy.state_at(
        now, starts_at=NOON, expires_at=NOON + timedelta(seconds=60), ended_at=NOON if ended else None
    )
    assert found == state

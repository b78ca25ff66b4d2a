"""PostgreSQL itself refuses, whoever asks: raw SQL as the app's role, with real commits and an event in the same transaction."""

import psycopg
import pytest
from django.db import connection

from tests import engines
from tests.grants import desk

EVENT = """
    INSERT INTO audit_event (id, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome, object_type,
                             request_id, grant_id)
    SELECT gen_random_uuid(), 'test', 1, 'test', 'system', 'test', 'command', 'none', 'ok', 'request', r.id, g.id
    FROM (SELECT 1) AS always LEFT JOIN grants_accessrequest r ON true LEFT JOIN grants_grant g ON g.request_id = r.id
"""


@pytest.fixture
def raw(committed):
    """Run SQL as the app's role in one transaction that also writes an event about each request and grant; return the refusal, or "".

    Without `event` there is none.
    """

    def run(*statements, event=True):
        url = engines.urls(connection.settings_dict["NAME"]).app
        try:
            with psycopg.connect(url) as app:
                for statement in statements:
                    app.execute(statement)
                if event:
                    app.execute(EVENT)
        except psycopg.Error as error:
            return str(error)
        return ""

    return run


@pytest.fixture
def request_waiting(browse_as, raw, tenant):
    return desk.asked(browse_as("agent"), tenant)


@pytest.fixture
def grant(browse_as, raw, tenant):
    return desk.granted(browse_as("agent"), browse_as("approver"), tenant)


STATES = ["pending", "asked_back", "approved", "denied", "withdrawn", "lapsed"]
LEGAL = {("pending", "asked_back"), ("pending", "withdrawn"), ("pending", "lapsed")}


def test_no_request_becomes_what_it_may_not(raw, request_waiting):
    table = "grants_accessrequest"
    for state in [*STATES, "live", ""]:
        closed = "NULL" if state in ("pending", "asked_back") else "clock_timestamp()"
        said = raw(
            f"UPDATE {table} SET status = '{state}', closed_at = {closed} WHERE id = '{request_waiting.pk}'",
            "DO $$ BEGIN RAISE EXCEPTION 'was allowed'; END $$",
        )
        allowed = "was allowed" in said
        assert allowed is (state == "pending" or ("pending", state) in LEGAL), (state, said)


@pytest.mark.parametrize("state", ["withdrawn", "lapsed"])
def test_a_request_that_is_over_never_changes_again(raw, request_waiting, state):
    key = f"WHERE id = '{request_waiting.pk}'"
    assert (
        raw(f"UPDATE grants_accessrequest SET status = '{state}', closed_at = clock_timestamp() {key}") == ""
    )
    for change in ("status = 'pending', closed_at = NULL", "closed_at = clock_timestamp()", "digest = 'x'"):
        assert "never changes" in raw(f"UPDATE grants_accessrequest SET {change} {key}")


@pytest.mark.parametrize(
    "change",
    [
        "minutes = 5",
        "reason = 'another'",
        "person_id = requester_id, requester_id = (SELECT id FROM accounts_person WHERE username = 'agent2')",
        "approvals_needed = 1, minutes = 240",
        "longest_minutes = 1440",
        "scope_count = 5",
        "policy_version = 'x'",
        "starts_at = clock_timestamp()",
        "asked_at = clock_timestamp() - interval '1 day'",
    ],
)
def test_what_was_asked_is_never_edited(raw, request_waiting, change):
    assert "may change" in raw(f"UPDATE grants_accessrequest SET {change} WHERE id = '{request_waiting.pk}'")


def test_no_scope_joins_a_request_later(raw, request_waiting):
    said = raw(
        f"INSERT INTO grants_requestscope (request_id, scope, consequence) VALUES ('{request_waiting.pk}', 'session.act', 'high_risk')"
    )
    assert "never widened" in said
    assert "append-only" in raw("DELETE FROM grants_requestscope") or "permission denied" in raw(
        "DELETE FROM grants_requestscope"
    )


def approval(request, decider, *, minutes=30, digest=None, number=1, decision="approve", people=None):
    requester, person = people or (request.requester_id, request.person_id)
    shown = minutes if decision == "approve" else "NULL"
    count = 1 if decision == "approve" else 0
    return (
        "INSERT INTO grants_approval (id, request_id, requester_id, person_id, decider_id, decision, digest, round, minutes, scope_count,"
        " comment, policy_version, decided_at) VALUES (gen_random_uuid(),"
        f" '{request.pk}', '{requester}', '{person}', '{decider}', '{decision}', '{digest or request.digest}', {number},"
        f" {shown}, {count}, 'raw', 'x', clock_timestamp())"
    )


def test_the_requester_never_decides_even_in_sql(raw, request_waiting, people):
    agent, other = people("agent").pk, people("agent2").pk
    assert "grants_approval_somebody_else" in raw(approval(request_waiting, agent))
    assert "grants_approval_somebody_else" in raw(approval(request_waiting, agent, decision="deny"))
    assert "grants_approval_people" in raw(approval(request_waiting, agent, people=(other, other)))


def test_a_decision_counts_for_what_is_asked_now_and_nothing_more(raw, request_waiting, people):
    lead = people("approver").pk
    assert "something other" in raw(approval(request_waiting, lead, digest="0" * 64))
    assert "something other" in raw(approval(request_waiting, lead, number=2))
    assert "never widens" in raw(approval(request_waiting, lead, minutes=31))
    assert "grants_approval_decision" in raw(approval(request_waiting, lead, minutes=0))
    assert raw(approval(request_waiting, lead)) == ""
    assert "grants_approval_one_per_person" in raw(approval(request_waiting, lead))
    approved = f"UPDATE grants_accessrequest SET status = 'approved', closed_at = clock_timestamp() WHERE id = '{request_waiting.pk}'"
    assert "no denial" in raw(approval(request_waiting, people("approver2").pk, decision="deny"), approved)


def test_nothing_is_approved_without_an_approval(raw, request_waiting):
    approved = f"UPDATE grants_accessrequest SET status = 'approved', closed_at = clock_timestamp() WHERE id = '{request_waiting.pk}'"
    assert "needs 1 approvals" in raw(approved)
    assert "by nobody" in raw(approved.replace("'approved'", "'denied'"))


def begin(request, *, minutes="30", person=None, start="clock_timestamp()", state="live"):
    return (
        "INSERT INTO grants_grant (id, case_id, request_id, tenant_id, person_id, digest, status, starts_at, expires_at, end_cause)"
        f" SELECT gen_random_uuid(), '{request.case_id}', '{request.pk}', '{request.tenant_id}', '{person or request.person_id}',"
        f" '{request.digest}', '{state}', at, at + interval '{minutes} minutes', '' FROM (SELECT {start} AS at OFFSET 0) AS begins"
    )


def test_a_grant_begins_only_under_an_approved_request_for_its_person_and_time(raw, request_waiting, people):
    assert "under an approved request" in raw(begin(request_waiting))
    approve = (
        approval(request_waiting, people("approver").pk),
        f"UPDATE grants_accessrequest SET status = 'approved', closed_at = clock_timestamp() WHERE id = '{request_waiting.pk}'",
    )
    assert "never longer" in raw(*approve, begin(request_waiting, minutes="31"))
    assert "at its approval or later" in raw(
        *approve, begin(request_waiting, start="clock_timestamp() - interval '1 hour'")
    )
    assert "for the person it names" in raw(*approve, begin(request_waiting, person=people("agent2").pk))
    assert "does not begin as ended" in raw(*approve, begin(request_waiting, state="ended"))
    assert raw(*approve, begin(request_waiting)) == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("expires_at = expires_at + interval '1 hour'", "never longer"),
        ("starts_at = starts_at - interval '1 hour'", "may change"),
        ("person_id = (SELECT id FROM accounts_person WHERE username = 'agent2')", "may change"),
        ("status = 'scheduled'", "does not become"),
        ("status = 'ended'", "grants_grant_ended_says_why"),
        ("ended_at = clock_timestamp()", "grants_grant_ended_says_why"),
        (
            "status = 'ended', ended_at = clock_timestamp(), end_cause = 'expired'",
            "grants_grant_expired_after_its_end",
        ),
    ],
)
def test_a_live_grant_only_ends(raw, grant, change, says):
    assert says in raw(f"UPDATE grants_grant SET {change} WHERE id = '{grant.pk}'")


def test_an_ended_grant_never_lives_again(raw, grant):
    key = f"WHERE id = '{grant.pk}'"
    assert (
        raw(
            f"UPDATE grants_grant SET status = 'ended', ended_at = clock_timestamp(), end_cause = 'revoked' {key}"
        )
        == ""
    )
    assert "never changes" in raw(
        f"UPDATE grants_grant SET status = 'live', ended_at = NULL, end_cause = '' {key}"
    )
    assert "never changes" in raw(f"UPDATE grants_grant SET ended_at = ended_at + interval '1 hour' {key}")


def test_a_scope_that_was_not_approved_never_joins_a_grant(raw, grant):
    row = (
        "INSERT INTO grants_grantscope (grant_id, request_id, scope, consequence, person_id, tenant_id, starts_at, until)"
        f" VALUES ('{grant.pk}', '{grant.request_id}', '{{}}', 'sensitive', '{grant.person_id}', '{grant.tenant_id}', now(), now())"
    )
    assert "not approved by every approver" in raw(row.format("people.read"))
    assert "once" in raw(row.format("imports.read")) or "never_twice" in raw(row.format("imports.read"))
    assert "never written alone" in raw("UPDATE grants_grantscope SET scope = 'people.read'")
    assert "never written alone" in raw("UPDATE grants_grantscope SET until = until + interval '1 day'")
    assert "never written alone" in raw("DELETE FROM grants_grantscope")


@pytest.mark.parametrize(
    "table", ["grants_case", "grants_accessrequest", "grants_grant", "grants_approval", "grants_requestscope"]
)
def test_evidence_is_never_removed(raw, grant, as_owner, table):
    assert raw(f"DELETE FROM {table}") != ""
    assert raw(f"TRUNCATE {table} CASCADE") != ""
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg.Error):
            as_owner(statement)


def test_decisions_are_never_edited_even_by_the_owner(raw, grant, as_owner):
    for statement in (
        "UPDATE grants_approval SET minutes = 240",
        "UPDATE grants_transition SET becomes = 'live'",
    ):
        with pytest.raises(psycopg.Error, match="append-only"):
            as_owner(statement)
    with pytest.raises(psycopg.Error, match="append-only"):
        as_owner("INSERT INTO grants_transition VALUES ('grant', 'ended', 'live')")


def test_no_write_without_an_event(raw, grant, as_owner):
    change = f"UPDATE grants_grant SET status = 'ended', ended_at = clock_timestamp(), end_cause = 'revoked' WHERE id = '{grant.pk}'"
    assert "needs an event" in raw(change, event=False)
    with pytest.raises(psycopg.Error, match="needs an event"):
        as_owner(change)

"""Two connections at once, with real commits and threads: one wins, the other is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from grants.models import AccessRequest, Approval, Grant
from tests.grants import desk


def at_once(*calls):
    """Run calls in threads of their own, started together, and return their answers' status codes."""
    gate = threading.Barrier(len(calls))

    def run(call):
        try:
            gate.wait(5)
            return call().status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(20) for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.parametrize("turn", range(3))
def test_two_approvers_at_once_approve_once(committed, browse_as, tenant, turn):
    request = desk.asked(browse_as("agent"), tenant)
    one, two = browse_as("approver"), browse_as("approver2")
    codes = at_once(lambda: desk.approve(one, request), lambda: desk.approve(two, request))
    assert sorted(codes) == [302, 409]
    assert Grant.objects.count() == Approval.objects.count() == 1


def test_a_double_click_approves_once(committed, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant)
    lead = browse_as("approver")
    assert sorted(at_once(*[lambda: desk.approve(lead, request)] * 4)) == [302, 409, 409, 409]
    assert Grant.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_approve_against_deny_has_one_winner(committed, browse_as, tenant, turn):
    request = desk.asked(browse_as("agent"), tenant)
    one, two = browse_as("approver"), browse_as("approver2")
    codes = at_once(
        lambda: desk.approve(one, request),
        lambda: desk.post(two, f"/requests/{request.pk}/deny/", comment="No need."),
    )
    assert sorted(codes) == [302, 409]
    request.refresh_from_db()
    assert request.status == ("approved" if codes[0] == 302 else "denied")
    assert Grant.objects.exists() is (codes[0] == 302)


@pytest.mark.parametrize("turn", range(3))
def test_approve_against_withdraw_has_one_winner(committed, browse_as, tenant, turn):
    agent, lead = browse_as("agent"), browse_as("approver")
    request = desk.asked(agent, tenant)
    codes = at_once(
        lambda: desk.approve(lead, request), lambda: desk.post(agent, f"/requests/{request.pk}/withdraw/")
    )
    assert sorted(codes) == [302, 409]
    request.refresh_from_db()
    assert request.status == ("approved" if codes[0] == 302 else "withdrawn")


def test_a_double_click_asks_once_and_opens_one_case(committed, browse_as, tenant):
    agent = browse_as("agent")
    typed = {"ticket": "HD-7", "tenant": tenant.slug, "issue": "It broke", "notes": ""}
    assert at_once(*[lambda: desk.post(agent, "/cases/new/", **typed)] * 3) == [302, 302, 302]
    case_id = desk.open_case(agent, tenant, "HD-7")
    assert sorted(at_once(*[lambda: desk.ask(agent, case_id)] * 3)) == [302, 409, 409]
    assert AccessRequest.objects.count() == 1


def test_the_same_scope_is_never_granted_twice_at_one_time(committed, browse_as, tenant):
    agent, one, two = browse_as("agent"), browse_as("approver"), browse_as("approver2")
    first = desk.asked(agent, tenant, "HD-1")
    second = desk.asked(agent, tenant, "HD-2")
    codes = at_once(lambda: desk.approve(one, first), lambda: desk.approve(two, second))
    assert sorted(codes) == [302, 409]
    assert Grant.objects.count() == 1


def test_two_ends_at_once_end_once(committed, browse_as, tenant, events):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    path = f"/grants/{grant.pk}/revoke/"
    assert sorted(at_once(lambda: desk.post(agent, path), lambda: desk.post(lead, path))) == [302, 409]
    assert len(events("grant.ended")) == 1


def test_an_end_during_a_post_is_seen_after_the_lock(committed, browse_as, tenant, shift, as_owner):
    """The POST waits on the row's lock while the end passes: it must read the clock after the lock, not at its start."""
    import psycopg
    from django.db import connection

    from tests import engines

    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    left = (grant.expires_at - grant.starts_at).total_seconds()
    shift(grant, -(left - 1.5))
    with psycopg.connect(engines.urls(connection.settings_dict["NAME"]).app) as holder:
        holder.execute("SELECT 1 FROM grants_grant WHERE id = %s FOR UPDATE", [grant.pk])
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(
                lambda: (desk.post(lead, f"/grants/{grant.pk}/revoke/"), connections.close_all())[0]
            )
            holder.execute("SELECT pg_sleep(2.5)")
            holder.rollback()
            answer = waiting.result(20)
    assert answer.status_code == 409
    assert "This access ended at" in answer.content.decode()

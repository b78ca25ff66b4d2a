"""Two connections at once, with real commits and threads: one session starts, one end is written, and nothing outlives its grant."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
from django.db import connection, connections
from django.test import Client

from tests import engines
from tests.grants.desk import post
from tests.grants.test_races import at_once
from tests.grants.triggers import on_again
from tests.impersonation.desk import BOTH, session_grant, start, subject_of


def post_and_hang_up(client: Client, path: str, typed: dict[str, str]) -> Any:
    """Post from a thread of its own, and leave no connection behind."""
    try:
        return post(client, path, **typed)
    finally:
        connections.close_all()


def test_one_start_wins_one_end_is_written_and_no_start_outlives_its_grant(
    committed: str, browse_as: Any, tenant: Any, other_tenant: Any, people: Any, events: Any
) -> None:
    from impersonation.models import SupportSession
    from impersonation.queries import live_session_of

    agent, lead = browse_as("agent"), browse_as("approver")
    grant, other = session_grant(browse_as, tenant), session_grant(browse_as, other_tenant, ticket="HD-48193")
    assert sorted(at_once(lambda: start(agent, grant), lambda: start(agent, other))) == [302, 409]
    (session,) = SupportSession.objects.all()
    live = live_session_of(people("agent"))
    assert live
    assert live.session == session
    assert len(events("session.started")) == 1
    path = f"/sessions/{session.pk}/end/"
    assert at_once(*[lambda: post(agent, path), lambda: post(lead, path)] * 2) == [302] * 4
    assert len(events("session.ended")) == 1
    for _turn in range(2):
        revoke = f"/grants/{grant.pk}/revoke/"
        ended, started = at_once(lambda: post(lead, revoke), lambda: start(agent, grant))  # noqa: B023
        assert (ended, started in {302, 409}) == (302, True)
        assert live_session_of(people("agent")) is None
        assert not SupportSession.objects.filter(ended_at=None).exists()
        causes = set(grant.sessions.values_list("cause", flat=True)) - {"left", "lead"}
        assert causes == ({"grant"} if started == 302 else set())
        assert len(events("session.ended")) == SupportSession.objects.count()
        grant = other


def test_the_end_that_passes_during_a_post_stops_what_it_would_have_written(
    committed: str, browse_as: Any, tenant: Any, as_owner: Any, events: Any
) -> None:
    """The POST waits on the session's row while its end passes; and what nobody saw end is written once, by its time."""
    from impersonation.actions import end_what_is_over
    from impersonation.models import ActionRun, SupportSession

    agent = browse_as("agent")
    grant = session_grant(browse_as, tenant, [*BOTH, "invoice_email.update"])
    assert start(agent, grant, subject=subject_of(tenant).id, mode="act").status_code == 302
    session = SupportSession.objects.get()
    as_owner(
        f"""ALTER TABLE impersonation_supportsession DISABLE TRIGGER USER;
            UPDATE impersonation_supportsession SET ends_at = clock_timestamp() + interval '3 s';
            {on_again("impersonation_supportsession")}"""
    )
    with psycopg.connect(engines.urls(connection.settings_dict["NAME"]).app) as holder:
        holder.execute("SELECT 1 FROM impersonation_supportsession WHERE id = %s FOR UPDATE", [session.pk])
        with ThreadPoolExecutor(1) as pool:
            path = f"/sessions/{session.pk}/actions/invoice_email.update/"
            typed = {"email": "accounts@northwind-paper.example"}
            waiting = pool.submit(post_and_hang_up, agent, path, typed)
            holder.execute("SELECT pg_sleep(4)")
            holder.rollback()
            answer = waiting.result(20)
    assert (answer.status_code, ActionRun.objects.exists()) == (409, False)
    assert (end_what_is_over(), end_what_is_over()) == (1, 0)
    (told,) = events("session.ended")
    session.refresh_from_db()
    assert (session.cause, told.fields["cause"]) == ("time", "its time was over")
    assert session.ended_at
    assert session.ended_at - session.ends_at < timedelta(seconds=5)
    assert "Your support session has ended: its time was over." in agent.get("/cases/").content.decode()

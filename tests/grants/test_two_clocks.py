"""The web process's clock is two minutes ahead of the database's, or behind: only the database's counts, also for what a page shows."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.queries import authority_for
from audit.context import surface
from opsconsole.lib.clock import database_now
from tests.grants import desk
from tests.grants.test_delivery import later

PENDING = 480  # minutes; of the demo's access.toml


@pytest.fixture(params=[120, -120], ids=["ahead", "behind"])
def wrong_clock(request, committed):
    """The clock of this process, wrong by two minutes for the length of a test; the database's goes on."""
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=request.param), tick=True):
        yield request.param
    database_now()  # so that this process knows the true difference again


def opens(client, tenant):
    return client.get(f"/tenants/{tenant.slug}/panels/import_detail/").status_code


def test_access_requests_and_pages_go_by_the_databases_clock(
    wrong_clock, browse_as, people, tenant, other_tenant, shift, as_owner
):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    assert abs(grant.starts_at - database_now()) < timedelta(seconds=60)
    assert grant.expires_at - grant.starts_at == timedelta(minutes=30)
    shift(
        grant, -29 * 60
    )  # a minute is left by the database; by this process it is over, or three minutes away
    assert opens(agent, tenant) == 200
    page = agent.get(f"/grants/{grant.pk}/").content.decode()
    assert re.search(r"0:[0-5]\d left|1:00 left", page), "the page counts by another clock"
    shown = datetime.fromisoformat(re.search(r'data-now="([^"]+)"', page)[1])
    assert abs(shown - database_now()) < timedelta(seconds=60)
    assert re.search(r"[01]:\d\d left", agent.get("/").content.decode())
    shift(grant, -61)
    assert opens(agent, tenant) == 403
    with surface("web"):
        assert authority_for(people("agent"), desk.SCOPE, tenant) is None
    assert desk.post(agent, f"/grants/{grant.pk}/revoke/", comment="").status_code == 409
    assert "Ended" in agent.get(f"/grants/{grant.pk}/").content.decode()

    in_time = desk.asked(agent, other_tenant, "HD-90001")
    too_late = desk.asked(agent, other_tenant, "HD-90002", scopes=["people.read"])
    later(in_time, PENDING - 1, as_owner)
    later(too_late, PENDING + 1, as_owner)
    for asked in (in_time, too_late):
        asked.refresh_from_db()
    assert desk.approve(lead, in_time).status_code == 302
    assert desk.approve(lead, too_late).status_code == 409
    given = in_time.grants.get()
    assert abs(given.starts_at - database_now()) < timedelta(seconds=60)

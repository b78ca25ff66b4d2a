"""Support sessions in the console, through HTTP: start page, banner, wall, story, exit."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from tests.impersonation.desk import session_grant, start, subject_of

pytestmark = pytest.mark.django_db
BANNER = b"Support session"


@pytest.fixture
def grant(browse_as: Any, tenant: Any) -> Any:
    return session_grant(browse_as, tenant)


@pytest.fixture
def agent(browse_as: Any) -> Any:
    return browse_as("agent")


@pytest.fixture
def started(agent: Any, grant: Any) -> Any:
    from impersonation.models import SupportSession

    answer = start(agent, grant, subject=subject_of(grant.tenant).id, mode="view", minutes="12")
    assert answer.status_code == 302, answer.content.decode()
    return SupportSession.objects.get()


def test_the_start_page_says_what_may_be_done_and_who_can_be_chosen(agent, grant, browse_as, events, tenant):
    page = agent.get(f"/grants/{grant.pk}/sessions/").content.decode()
    assert "See the product as one of the customer&#x27;s users" in page
    assert "Passwords, second factors and sign-in sessions" in page
    assert "Put one setting back to its earlier value" in page.split("Must leave alone")[1]
    assert "A read-only panel answers this" in page
    assert "(accountant)</option>" in page
    assert "(owner)</option>" not in page
    assert len(events("session.subjects_listed")) == 1
    assert f"/grants/{grant.pk}/sessions/" in agent.get(f"/grants/{grant.pk}/").content.decode()
    for who, status in (("agent2", 404), ("approver", 403), ("outsider", 403)):
        assert start(browse_as(who), grant).status_code == status
    assert start(agent, grant, subject="nobody").status_code == 422
    assert start(agent, grant, minutes="500").status_code == 422
    assert agent.put(f"/grants/{grant.pk}/sessions/").status_code == 405


def test_every_page_of_a_session_says_so_until_the_agent_leaves(agent, started, grant, events):
    assert started.mode == "view"
    assert started.ends_at - started.started_at == timedelta(minutes=12)
    for path, status in (
        ("/cases/", 200),
        ("/no-such-page/", 404),
        (f"/tenants/{started.tenant.slug}/", 200),
    ):
        page = agent.get(path)
        assert page.status_code == status
        assert page["X-Support-Session"].startswith(f"active; id={started.pk}; exp=")
        assert BANNER in page.content
        assert "no-store" in page["Cache-Control"]
        assert started.subject_label in page.content.decode()
    assert str(events("panel.opened")[-1].session_id) == str(started.pk)
    assert start(agent, grant).status_code == 409
    assert agent.get(f"/sessions/{started.pk}/end/").status_code == 405
    for _ in range(2):
        assert agent.post(f"/sessions/{started.pk}/end/").status_code == 302
    assert [event.fields["cause"] for event in events("session.ended")] == ["the agent ended it"]
    page = agent.get("/cases/")
    assert "X-Support-Session" not in page
    assert BANNER not in page.content.split(b"<main", 1)[0]
    started.trace.refresh_from_db()
    assert started.trace.shown == 4
    assert not started.trace.flagged


def test_a_page_that_refreshes_itself_keeps_nobody_awake(agent, started, events):
    from impersonation.models import SessionTrace

    def back(minutes: int) -> None:
        SessionTrace.objects.update(human_at=F("human_at") - timedelta(minutes=minutes))

    agent.get("/cases/")
    back(6)
    agent.get("/sessions/", headers={"X-Console-Poll": "1"})
    back(3)
    assert "X-Support-Session" in agent.get("/sessions/", headers={"X-Console-Poll": "1"})
    back(2)
    page = agent.get("/cases/", headers={"X-Console-Poll": "1"})
    assert "X-Support-Session" not in page
    assert "Your support session has ended: nobody used it." in page.content.decode()
    assert [event.fields["cause"] for event in events("session.ended")] == ["nobody used it"]
    assert start(agent, started.grant).status_code == 302


def test_a_lead_reads_the_story_and_ends_it_from_the_wall(agent, started, browse_as, events):
    agent.get(f"/tenants/{started.tenant.slug}/panels/billing/")
    agent.get(f"/tenants/{started.tenant.slug}/panels/billing/")
    lead = browse_as("approver")
    wall = lead.get("/sessions/").content.decode()
    assert started.tenant.name in wall
    assert started.subject_label in wall
    assert "End all sessions" in wall
    assert started.tenant.name not in browse_as("agent2").get("/sessions/").content.decode()
    assert browse_as("agent2").get(f"/sessions/{started.pk}/").status_code == 404
    assert browse_as("agent2").post(f"/sessions/{started.pk}/end/").status_code == 404
    story = lead.get(f"/sessions/{started.pk}/").content.decode()
    assert "approved by Approver, Second approver" in story
    assert "2 times" in story
    assert lead.post("/sessions/end/").status_code == 302
    ended = events("session.ended")[0]
    assert ended.fields["cause"] == "all sessions were ended"
    page = agent.get("/cases/").content.decode()
    assert "Your support session has ended: all sessions were ended." in page
    story = browse_as("compliance").get(f"/sessions/{started.pk}/").content.decode()
    assert "All sessions were ended, by" in story
    assert f"?session={started.pk}" in story
    assert len(events("session.story_opened")) == 2


def test_a_wrong_order_of_middleware_does_not_start(settings):
    from impersonation.checks import BANNER as NAME
    from impersonation.checks import banner_stands_in_its_place

    assert banner_stands_in_its_place() == []
    others = [name for name in settings.MIDDLEWARE if name != NAME]
    for wrong in (others, [NAME, *others], [*others, NAME]):
        settings.MIDDLEWARE = wrong
        assert banner_stands_in_its_place()

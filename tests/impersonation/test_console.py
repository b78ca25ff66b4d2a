"""Support sessions in the console, through HTTP: start page, banner, wall, story, exit."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from tests.conftest import PASSWORD
from tests.grants.desk import approve, ask, id_in
from tests.grants.policies import put_in_force
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
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = agent.cookies
    assert start(forged, grant).status_code == 403
    assert not grant.sessions.exists()


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
        assert page.content.count(b'class="support-session-twin"') == page.content.count(b"</dialog>") > 0
    assert agent.get("/cases/", headers={"If-None-Match": "*", "Range": "bytes=0-9"}).status_code == 200
    assert str(events("panel.opened")[-1].session_id) == str(started.pk)
    assert start(agent, grant).status_code == 409
    assert agent.get(f"/sessions/{started.pk}/end/").status_code == 405
    grants_page = f"/grants/{grant.pk}/"
    assert [agent.post(f"/sessions/{started.pk}/end/").url for _ in range(2)] == [
        grants_page,
        started.get_absolute_url(),
    ]
    assert [event.fields["cause"] for event in events("session.ended")] == ["the agent ended it"]
    page = agent.get("/cases/")
    assert "X-Support-Session" not in page
    assert BANNER not in page.content.split(b"<main", 1)[0]
    started.trace.refresh_from_db()
    assert started.trace.shown == 5
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


def test_the_exit_leads_back_to_where_the_agent_came_from_and_never_elsewhere(agent, grant):
    from impersonation.marks import page_of
    from impersonation.models import SupportSession

    case, own = grant.case.get_absolute_url(), grant.get_absolute_url()
    assert f"/grants/{grant.pk}/sessions/?next=/grants/{grant.pk}/" in agent.get(own).content.decode()
    for asked in (
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        " //evil.example",
        "/no-such-page/",
        "/oauth/authorize",
        "",
    ):
        assert page_of(asked, own) == own, asked
    for asked, leads_to in ((f"{case}?a=1", f"{case}?a=1"), ("//evil.example/", own)):
        page = agent.get(f"/grants/{grant.pk}/sessions/", {"next": asked}).content.decode()
        assert f'name="next" value="{leads_to}"' in page
        assert start(agent, grant, next=asked).status_code == 302
        live = SupportSession.objects.get(ended_at=None)
        left = agent.post(f"/sessions/{live.pk}/end/?next=//evil.example/", {"next": "//evil.example/"})
        assert (left.status_code, left.url) == (302, leads_to), asked


def test_a_session_is_never_worked_in_without_its_banner_in_whichever_browser(
    agent, started, browse_as, people
):
    from tests.conftest import signed_in

    second, colleague = signed_in(people("agent")), browse_as("approver")
    assert BANNER not in second.get("/cases/").content.split(b"<main", 1)[0]
    assert "X-Support-Session" not in colleague.get(started.get_absolute_url())
    for path in (started.get_absolute_url(), "/cases/"):
        page = second.get(path)
        assert page["X-Support-Session"].startswith(f"active; id={started.pk}")
        assert "Approver, Second approver" in page.content.decode()
    assert second.post(f"/sessions/{started.pk}/end/").url == started.get_absolute_url()
    assert "the agent ended it" in agent.get("/cases/").content.decode()
    assert "X-Support-Session" not in second.get(started.get_absolute_url())


def test_own_credentials_administration_and_exports_stay_closed_and_sign_out_does_not(
    agent, started, events, settings
):
    from impersonation.actions import end_what_is_over

    for method, path in (
        ("get", "/admin/"), ("get", "/admin/accounts/person/"), ("post", "/password/"), ("get", "/security/add/"),
        ("post", "/security/sign-ins/end-others/"), ("get", "/audit/evidence/"), ("get", "/policy/matrix.csv"),
        ("post", f"/people/{started.agent_id}/roles/"), ("post", "/policy/rule/"),
    ):  # fmt: skip
        page = getattr(agent, method)(path)
        assert (page.status_code, b"stay closed in a support session" in page.content) == (403, True), path
        assert page["X-Support-Session"]
        assert started.subject_label in page.content.decode().split("<main", 1)[0]
    told = events("request.refused")[-1]
    assert (told.outcome_code, told.session_id) == ("closed_in_session", started.pk)
    assert agent.get("/policy/rule/").status_code == 200
    settings.ROOT_URLCONF = "tests.console.failing"
    agent.raise_request_exception = False
    page = agent.get("/breaks/")
    assert (page.status_code, started.subject_label in page.content.decode()) == (500, True)
    assert f'<form method="post" action="/sessions/{started.pk}/end/"' in page.content.decode()
    settings.ROOT_URLCONF = "opsconsole.urls"
    assert agent.post(f"/sessions/{started.pk}/end/").status_code == 302
    at_home = Client()
    assert at_home.post("/sign-in/", {"username": "agent", "password": PASSWORD}).status_code == 302
    assert start(at_home, started.grant).status_code == 302
    assert at_home.post("/sign-out/").status_code == 302
    assert end_what_is_over() == 1
    assert events("session.ended")[-1].fields["cause"] == "the agent signed out"


def test_a_page_of_another_customer_says_so_and_does_not_belong_to_the_session(
    agent, started, other_tenant, events
):
    page = agent.get(f"/tenants/{other_tenant.slug}/").content.decode()
    assert f"Your support session is for {started.tenant.name} alone." in page
    assert started.tenant.name in page.split("<main", 1)[0]
    assert events("tenant.opened", "panel.opened")[-1].session_id is None
    assert "alone." not in agent.get(f"/tenants/{started.tenant.slug}/").content.decode()
    assert events("tenant.opened", "panel.opened")[-1].session_id == started.pk


def test_a_shrunk_access_shrinks_the_live_session_at_the_next_request(
    agent, browse_as, other_tenant, monkeypatch, events
):
    from grants.actions import tell_narrowed
    from impersonation.models import SupportSession

    may = "Change the address that invoices go to"
    grant = session_grant(browse_as, other_tenant, ["session.view", "session.act", "invoice_email.update"])
    assert start(agent, grant, subject=subject_of(other_tenant).id, mode="act").status_code == 302
    session = SupportSession.objects.get(ended_at=None)
    assert may in agent.get("/cases/").content.decode().split("<main", 1)[0]
    asks = 'asks_for = ["sensitive", "corrective", "high_risk"]'
    put_in_force(monkeypatch, ("roles.toml", asks, 'asks_for = ["sensitive", "high_risk"]'))
    page = agent.get("/cases/")
    assert page["X-Support-Session"].startswith(f"active; id={session.pk}")
    assert may not in page.content.decode().split("<main", 1)[0]
    assert agent.get(f"/sessions/{session.pk}/actions/invoice_email.update/").status_code == 403
    assert tell_narrowed() == 1
    assert events("session.narrowed")[-1].session_id == session.pk


def test_users_of_a_large_customer_are_searched_where_they_are_and_listed_up_to_a_limit(
    agent, grant, monkeypatch
):
    from impersonation.actions import listing
    from impersonation.queries import subjects

    every = [one for one in subjects.list_subjects(grant.tenant).found if not one.fault]
    path, last = f"/grants/{grant.pk}/sessions/", every[-1]
    monkeypatch.setattr(subjects, "MOST", 3)
    monkeypatch.setattr(listing, "OFFERED", 1)
    page = agent.get(path).content.decode()
    assert (page.count("<option"), "The first 1 are listed here" in page) == (2, True)
    assert last.id not in page
    for typed in (last.name.upper(), last.id, last.name[1:]):
        assert last.id in agent.get(path, {"q": typed}).content.decode(), typed
    for typed in ("%", "_", "' or 1=1 --", "no such user"):
        assert "Nobody who can be chosen has" in agent.get(path, {"q": typed}).content.decode(), typed
    assert start(agent, grant, subject=last.id, mode="view").status_code == 302


def test_no_flood_of_looks_hides_a_change_from_the_story_or_the_customer(
    agent, started, browse_as, monkeypatch
):
    from audit.actions import record
    from audit.context import surface
    from impersonation.queries import steps
    from impersonation.queries.receipt import receipt_of

    monkeypatch.setattr(steps, "MOST", 2)
    about = {"actor": started.agent.as_actor(), "tenant": started.tenant.as_ref(), "trail": started.trail()}
    with surface("product"):
        for _ in range(4):
            record("product.area_entered", **about, product="Quillfold", area="Imports")
            record("product.try_blocked", **about, product="Quillfold", what="Download", outcome="refused")
        change = {"field": "footer", "old": "Account 1204", "new": "Account 6660"}
        record("product.changed", **about, product="Quillfold", what="footer", changes=[change])
    story = browse_as("approver").get(started.get_absolute_url()).content.decode()
    assert "Account 6660" in story.split('<h2 id="told">')[1]
    assert "This is not all of it" in story
    receipt = receipt_of(started.pk)
    assert ([change.new for change in receipt.changes], receipt.is_whole) == (["Account 6660"], False)


def test_the_story_tells_changes_and_what_was_asked_for_anew_meanwhile(agent, started, browse_as):
    from audit.actions import record
    from audit.context import surface
    from grants.models import AccessRequest

    with surface("product"):
        record(
            "product.changed", actor=started.agent.as_actor(), tenant=started.tenant.as_ref(), subject=started.subject_ref(),
            trail=started.trail(), product="Quillfold", what="invoice e-mail", old="a@x.example", new="b@x.example",
            changes=[{"field": "invoice_email", "old": "a@x.example", "new": "b@x.example"}],
        )  # fmt: skip
    answer = ask(agent, started.case_id, scopes=["imports.read"])
    assert approve(browse_as("approver"), AccessRequest.objects.get(pk=id_in(answer))).status_code == 302
    story = " ".join(browse_as("approver").get(started.get_absolute_url()).content.decode().split())
    short = story.split("<dt>Changed</dt>")[1].split("</dd>")[0]
    for words in (
        "a@x.example",
        "b@x.example",
        "under ticket HD-48192",
        " UTC, approved by Approver and Second approver",
    ):
        assert words in short, short
    happened = story.split("What happened")[1]
    assert (
        happened.index("started a support session")
        < happened.index("b@x.example")
        < happened.rindex("Approver approved")
    )

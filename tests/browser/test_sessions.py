"""A support session in the console, clicked through: start, banner, wall, way out, story, and what the customer reads of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from grants.consent.tokens import token_of
from tests.browser.conftest import PATIENCE, Desk
from tests.browser.test_story import SitDown, heading, press
from tests.grants.desk import REASON
from tests.outages.person import Person

expect.set_options(timeout=PATIENCE)
SLUG = "brightwater-fittings-prod-eu"
SCOPES = ["session.view", "invoice_email.update"]
IN_SIGHT = "node => { const at = node.getBoundingClientRect(); return at.top >= 0 && at.top < 8 && at.bottom < innerHeight / 2 }"


@pytest.fixture(scope="module")
def access(console: Any, django_db_setup: None) -> str:
    """The path of an access to start sessions under: asked for by the agent, approved by two people."""
    import psycopg

    from tests import engines

    agent = Person(console.url, "agent")
    case = agent.post(
        "/cases/new/",
        ticket="HD-48331",
        tenant=SLUG,
        issue="The import page is empty for our accountant.",
        notes="",
    )
    path = case.headers["location"].split("?")[0]
    asked = agent.post(f"{path}requests/", scopes=SCOPES, minutes="60", reason=REASON)
    request = asked.headers["location"].strip("/").split("/")[-1]
    with psycopg.connect(engines.urls(console.database).owner) as owner:
        (digest,) = owner.execute(
            "SELECT digest FROM grants_accessrequest WHERE id = %s", [request]
        ).fetchone() or ("",)
        typed = {"digest": digest, "scopes": SCOPES, "minutes": "60", "comment": ""}
        for name in ("approver", "approver2"):
            answer = Person(console.url, name).post(f"/requests/{request}/approve/", **typed)
            assert answer.status_code == 302, answer.text
        (grant,) = owner.execute(
            "SELECT id FROM grants_grant WHERE request_id = %s", [request]
        ).fetchone() or ("",)
    return f"/grants/{grant}/"


def begin(agent: Desk, access: str) -> str:
    """Find a user, choose to look only, start; return the path of the session."""
    agent.open(access)
    agent.page.get_by_role("link", name="Start a support session").click()
    agent.page.get_by_label("Find a user by name, role or id").fill("ACCOUNT")
    press(agent, "Find")
    chosen = agent.page.get_by_label("Whose product do you want to see?")
    expect(chosen.locator("option")).not_to_have_count(1)
    assert all("(accountant)" in text for text in chosen.locator("option").all_inner_texts()[1:])
    chosen.select_option(index=1)
    agent.check(dark=False)
    press(agent, "Start support session")
    agent.page.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}/$"))
    return str(agent.page.url.removeprefix(agent.url))


def test_a_session_from_its_start_to_what_the_customer_reads(
    desk: SitDown, access: str, owner_sql: Any, request: Any
) -> None:
    """On the wide screen the agent leaves, on the phone a lead ends it from the wall; axe looks at the pages of the phone."""
    on_phone = request.node.callspec.params["desk"] == "phone"
    agent, lead = desk("agent", axe=on_phone), desk("approver", axe=False)
    session = begin(agent, access)
    banner = agent.page.locator("#support-session")
    for words in ("Support session", "Brightwater Fittings", "HD-48331", "Approver", "left"):
        expect(banner).to_contain_text(words)
    assert agent.page.title().startswith("Support session: ")
    agent.check()
    agent.open(f"/tenants/{SLUG}/")
    agent.page.mouse.wheel(0, 4000)
    agent.page.keyboard.press("End")
    assert banner.evaluate(IN_SIGHT), "the banner stays in sight"
    agent.open("/admin/")
    expect(agent.page.locator("main")).to_contain_text("stay closed in a support session")

    lead.open("/sessions/")
    row = (
        lead.page.get_by_role("listitem")
        .filter(has_text="Brightwater Fittings")
        .filter(has_text="HD-48331")
        .first
    )
    expect(row).to_contain_text("Last at /admin/")
    lead.check()
    if on_phone:
        row.get_by_role("button", name=re.compile("^End")).click()
        lead.page.get_by_role("button", name="End it").click()
        expect(lead.page.locator("main")).to_contain_text("Somebody else ended it, by Approver")
        agent.page.reload()
        expect(agent.page.locator("main")).to_contain_text(
            "Your support session has ended: somebody else ended it."
        )
    else:
        plain = desk(axe=False, java_script_enabled=False)
        plain.page.context.add_cookies(agent.page.context.cookies())
        plain.open("/cases/")
        plain.page.locator("#support-session").get_by_role("button", name="End session").press("Enter")
        plain.page.wait_for_url(f"{agent.url}{access}")
        expect(plain.page.locator("main")).to_contain_text("The support session has ended.")
        agent.page.go_back()
    expect(banner).to_have_count(0)
    lead.open(session)
    expect(heading(lead)).to_contain_text("Agent on Brightwater Fittings as")
    expect(lead.page.get_by_label("In short")).to_contain_text("Tried and stopped")
    lead.check()

    link = owner_sql("SELECT id FROM grants_customerlink WHERE about = %s", session.strip("/").split("/")[-1])
    customer = desk(axe=on_phone)
    customer.page.goto(f"{customer.url}/c/{token_of(link[0][0])}/")
    expect(heading(customer)).to_have_text("What our staff did in Brightwater Fittings")
    expect(customer.page.locator("main")).to_contain_text("HD-48331")
    customer.check(dark=False)

"""What the desk adds to the panels, as people use it: one click, one note, one book, one field in clear, and all of it by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import reach
from tests.browser.test_story import heading, press
from tests.grants.desk import REASON

NORTHWIND = "/tenants/northwind-paper-prod-eu/"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
ONLY_WIDE = pytest.mark.parametrize("desk", ["desk"], indirect=True)


def test_one_click_beside_a_panel_says_whether_it_answered(desk, owner_sql):
    agent = desk("agent")
    agent.open("/tenants/northwind-paper-prod-eu/?ticket=HD-48301")
    before = owner_sql("SELECT count(*) FROM tenants_panelanswer")[0][0]
    box = agent.page.locator("#panel-billing")
    box.get_by_text("Say what was missing").click()
    box.get_by_label("What was missing in Billing").fill("The next try.")
    box.get_by_label("What was missing in Billing").press("Enter")
    box.get_by_role("button", name="Had to guess").click()
    box.get_by_text("Noted: had to guess.").wait_for()
    assert "ticket=HD-48301" in agent.page.url
    (found,) = owner_sql("SELECT verdict, line, ticket FROM tenants_panelanswer ORDER BY at DESC LIMIT 1")
    assert found == ("guessed", "The next try.", "HD-48301")
    assert owner_sql("SELECT count(*) FROM tenants_panelanswer")[0][0] == before + 1
    agent.check()


def test_without_scripts_the_answer_is_a_plain_form(desk):
    agent = desk("agent", java_script_enabled=False)
    agent.open("/tenants/northwind-paper-prod-eu/panels/billing/")
    agent.page.get_by_role("button", name="Yes").click()
    agent.page.get_by_text("Noted: yes. Thank you.").wait_for()
    assert agent.page.url.endswith("/tenants/northwind-paper-prod-eu/panels/billing/")


def test_the_success_manager_reads_the_book_and_keeps_a_note(desk):
    manager = desk("success")
    manager.open("/portfolio/")
    manager.page.get_by_text("Needs somebody now").first.wait_for()
    manager.check()
    manager.page.get_by_role("link", name="Lumen Yoga Studio").click()
    manager.page.get_by_label("New note").fill("They choose a plan on Monday.")
    manager.page.get_by_role("button", name="Keep this note").click()
    manager.page.locator("ol.timeline").get_by_text("They choose a plan on Monday.").first.wait_for()
    manager.check()


def copied(person):
    """What stands on the clipboard."""
    return person.page.evaluate("navigator.clipboard.readText()")


@ONLY_WIDE
def test_ids_and_facts_are_copied_and_attached_by_keyboard(desk):
    agent = desk("agent2", **CLIPBOARD)
    page, keys = agent.page, agent.page.keyboard
    agent.open("/cases/new/?ticket=HD-48192&tenant=northwind-paper-prod-eu")
    page.get_by_label("Reported issue").fill("The app still shows the old plan.")
    press(agent, "Open the case")
    agent.open(f"{NORTHWIND}?ticket=HD-48192")
    expect(page.get_by_role("link", name="your open case")).to_be_visible()
    reach(agent, page.get_by_role("button", name="Copy this slug"))
    keys.press("Enter")
    expect(page.get_by_role("button", name="Copy this slug")).to_contain_text("Copied")
    assert copied(agent) == "northwind-paper-prod-eu"
    page.locator("#title-account").get_by_role("link").focus()
    keys.press("Enter")
    page.wait_for_url(f"**{NORTHWIND}panels/account/?ticket=HD-48192")
    reach(agent, page.locator(".ticket-note summary"))
    keys.press("Enter")
    reach(agent, page.get_by_role("button", name="Copy as Markdown"))
    keys.press("Enter")
    expect(page.get_by_role("button", name="Copy as Markdown")).to_contain_text("Copied")
    note = copied(agent)
    assert note.startswith("## Northwind Paper")
    assert "Ticket HD-48192." in note
    assert "Policy " in note
    agent.check()
    reach(agent, page.get_by_role("button", name="HD-48192", exact=True))
    keys.press("Enter")
    expect(heading(agent)).to_contain_text("HD-48192")
    expect(page.locator("main")).to_contain_text("Second agent opened Account and plan")


@ONLY_WIDE
def test_the_palette_leads_anywhere_without_a_mouse(desk):
    agent = desk("agent")
    page, keys = agent.page, agent.page.keyboard
    keys.press("Control+k")
    palette = page.get_by_role("dialog", name="Find anything")
    expect(palette).to_be_visible()
    keys.type("brightwater")
    expect(palette.get_by_role("link").first).to_contain_text("Brightwater Fittings")
    agent.check()
    keys.press("ArrowDown")
    expect(palette.get_by_role("link").first).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Enter")
    page.wait_for_url("**/tenants/brightwater-fittings-**")
    keys.press("Control+k")
    keys.type("reviews")
    expect(palette).to_contain_text("Nothing")
    expect(palette.get_by_role("link", name="Reviews")).to_have_count(0)


@ONLY_WIDE
def test_a_panel_is_tried_as_a_role_by_keyboard(desk):
    keeper = desk("admin")
    page, keys = keeper.page, keeper.page.keyboard
    keeper.open("/policy/panels/")
    page.get_by_role("link", name=re.compile("^Is this customer paying")).first.focus()
    keys.press("Enter")
    expect(heading(keeper)).to_have_text("Try Billing")
    page.get_by_label("As", exact=True).focus()
    keys.type("Support agent")
    reach(keeper, page.get_by_label("Tenant", exact=True))
    keys.type("northwind-paper-prod-eu")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("Support agent sees this panel of every tenant.")
    expect(page.get_by_label("The answer first")).to_contain_text(
        "The last charge of 890.00 EUR went through"
    )
    keeper.check()


@ONLY_WIDE
def test_one_field_in_clear_is_hidden_again_by_itself(desk):
    agent = desk("agent")
    page, keys = agent.page, agent.page.keyboard
    agent.open("/cases/new/?ticket=HD-48207&tenant=harbor-lane-dental-prod-us&scope=personal.reveal")
    page.get_by_label("Reported issue").fill("Nobody at the front desk got the invitation.")
    press(agent, "Open the case")
    page.get_by_label("Why", exact=True).fill(REASON)
    press(agent, "Ask for access")
    page.wait_for_url(re.compile("/requests/[0-9a-f-]{36}/$"))
    approver = desk("approver")
    approver.open(page.url.removeprefix(agent.url))
    press(approver, "Approve")
    expect(approver.page.locator("main")).to_contain_text("Approved")
    agent.open("/tenants/harbor-lane-dental-prod-us/panels/contacts/?ticket=HD-48207")
    masked = page.locator("main").inner_text()
    show = page.get_by_role("button", name=re.compile("^Show .* in clear")).first
    reach(agent, show)
    keys.press("Enter")
    expect(heading(agent)).to_contain_text("in clear")
    page.get_by_label("Why do you need it in clear?").focus()
    keys.type("The customer reads another address to me.")
    reach(agent, page.get_by_role("button", name="Show it"))

    def sooner(route):
        answer = route.fetch()
        assert answer.headers["refresh"].startswith("60; url=/tenants/")
        route.fulfill(
            response=answer,
            headers=answer.headers | {"refresh": answer.headers["refresh"].replace("60;", "3;")},
        )

    page.route("**/reveal/**", sooner)  # a minute is told to the browser; three seconds of it are waited for
    keys.press("Enter")
    value = page.locator("[data-revealed]").inner_text()
    assert "@" in value
    assert value not in masked
    expect(page.locator("[data-countdown-words]")).to_contain_text("left")
    page.wait_for_url("**/panels/contacts/?ticket=HD-48207")
    assert value not in page.locator("main").inner_text()
    agent.check()

"""The customer's page on a phone, without scripts and without sign-in: read, agree, and look at every access so far."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, Desk

expect.set_options(timeout=PATIENCE)
SLUG = "halcyon-textiles-prod-eu"
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def phone(browser: Any, console: Any) -> Any:
    """Open a window of a phone; each call is a person with cookies of their own."""
    contexts = []

    def pick_up(**options: Any) -> Desk:
        context = browser.new_context(**PHONE, color_scheme="light", reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Desk(context.new_page(), console.url)

    yield pick_up
    for context in contexts:
        context.close()


def test_a_customer_answers_on_a_phone_without_scripts(phone: Any) -> None:
    admin = phone()
    admin.sign_in("admin")
    admin.open(f"/consent/{SLUG}/")
    admin.check()
    waiting = admin.page.get_by_role("listitem").filter(has_text="HD-48241")
    link = waiting.get_by_role("link", name="Open as the customer").get_attribute("href")
    admin.page.get_by_label("Who asked for it, and why").fill("Their security officer asked for it.")
    admin.page.get_by_role("button", name="Make a link").click()
    ledger = admin.page.get_by_role("link", name="Open it").get_attribute("href")

    reader = phone()
    reader.page.goto(ledger)
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("Every access to Halcyon Textiles")
    reader.check()
    reader.page.goto(link)
    reader.check()

    owner = phone(java_script_enabled=False)
    owner.page.goto(link)
    expect(owner.page.get_by_role("heading", level=1)).to_have_text(re.compile("May our staff look"))
    expect(owner.page.get_by_role("navigation")).to_have_count(0)
    owner.page.get_by_role("button", name="I do not agree").click()
    expect(owner.page.get_by_text("Please say in a few words why").first).to_be_visible()
    owner.page.get_by_role("button", name="I agree").click()
    expect(owner.page.get_by_text("You agreed")).to_be_visible()
    owner.page.get_by_role("link", name="See every access so far").click()
    expect(owner.page.get_by_role("heading", level=1)).to_have_text("Every access to Halcyon Textiles")

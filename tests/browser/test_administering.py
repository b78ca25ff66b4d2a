"""Django admin in the console's dress: in order for eyes, keyboards and screen readers, under the console's own policy of contents."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AXE, PATIENCE, Desk

expect.set_options(timeout=PATIENCE)
PAGES = (
    "/admin/",
    "/admin/accounts/rolemembership/",
    "/admin/accounts/standingright/add/",
    "/admin/audit/event/",
)
# Django's sheet for forms imports another; axe would copy that into the page to read it, which the policy of contents refuses.
AS_IT_IS = "resultTypes: ['violations'], preload: false"


def check(admin: Desk) -> None:
    """No axe violation in light or dark, nothing wider than the window, no complaint of the browser."""
    admin.page.evaluate(AXE.read_text(encoding="utf-8"))
    told = admin._axe(f"{{{AS_IT_IS}}}")
    admin.page.emulate_media(color_scheme="dark")
    told += admin._axe(f"{{runOnly: ['color-contrast'], {AS_IT_IS}}}")
    admin.page.emulate_media(color_scheme="light")
    assert told == [], admin.page.url
    admin.axe = False
    admin.check()


@pytest.mark.parametrize("desk", ["phone"], indirect=True)
def test_an_administrator_finds_their_way_through_pages_in_order(desk: Any) -> None:
    admin = desk("admin")
    for path in PAGES:
        admin.open(path)
        check(admin)
    admin.open("/admin/accounts/person/")
    admin.page.get_by_role("link", name=re.compile("^Outsider")).first.click()
    expect(admin.page.get_by_label("Display name")).to_have_value("Outsider")
    check(admin)
    admin.page.get_by_role("link", name="Back to the console").click()
    expect(admin.page).to_have_url(f"{admin.url}/")


@pytest.mark.parametrize("desk", ["phone"], indirect=True)
def test_people_and_half_a_year_of_their_reviews_fit_a_phone_in_the_dark(desk: Any) -> None:
    admin = desk("admin")
    admin.open("/reviews/access/")
    reviews = admin.page.locator("main .items li")
    expect(reviews).to_have_count(3)
    closed = reviews.filter(has_text="Closed")
    expect(closed).to_have_count(2)
    closed.first.get_by_role("link").click()
    expect(admin.page.get_by_role("link", name="Fetch the result")).to_be_visible()
    admin.check()
    admin.open("/people/")
    admin.check()
    admin.page.get_by_role("link", name="Success manager", exact=True).click()
    expect(admin.page.get_by_role("heading", name="What they can do right now")).to_be_visible()
    admin.check()
    admin.page.get_by_role("link", name=re.compile("^See one tenant")).first.click()
    expect(admin.page.get_by_role("heading", name="Keep it on these terms")).to_be_visible()
    admin.check()
    admin.open("/people/tenants/northwind-paper-prod-eu/")
    admin.check()

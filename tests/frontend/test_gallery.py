"""The gallery in a browser: nobody is shut out, nothing is inline, and each behaviour does its one thing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opsconsole.templatetags import ui
from tests.frontend.conftest import ORIGIN, Shown, axe_mistakes

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_component_is_open_to_everybody(shown: Shown, width: int, scheme: str) -> None:
    page = shown(width=width, scheme=scheme)
    assert axe_mistakes(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("template", "variables"),
    [
        (
            "accounts/sign_in.html",
            {"signed_in": False, "error": "That name and password do not go together."},
        ),
        ("accounts/sign_in.html", {"signed_in": False, "lockout": "Try again in 15 minutes."}),
        ("errors/403.html", {"sentence": "Not yours.", "scope": "billing.detail", "ask_url": "/cases/new/"}),
        ("errors/404.html", {"signed_in": False}),
        ("errors/409.html", {"sentence": "Decided already.", "state": "approved"}),
        ("errors/422.html", {"errors": {"minutes": "At most 240."}}),
        ("errors/429.html", {"signed_in": False}),
        ("errors/500.html", {}),
        ("home.html", {"windows": [], "cases": [], "waiting": [], "queue": []}),
    ],
)
def test_pages_of_the_house_are_open_to_everybody(
    shown: Shown, template: str, variables: dict[str, Any]
) -> None:
    page = shown(template, width=390, variables=variables)
    assert axe_mistakes(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert axe_mistakes(page) == []


def test_small_targets_are_at_least_24_pixels(shown: Shown) -> None:
    small = """[...document.querySelectorAll("button, summary, .nav a, .tabs a, .picks a, .button, select, input:not([type=checkbox])")]
        .filter((e) => e.checkVisibility()).map((e) => [e.className, e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 || box.width < 24).map(([name]) => name)"""
    assert shown().evaluate(small) == []
    assert shown(width=390, has_touch=True).evaluate(small) == []


def test_the_menu_opens_without_scripts(shown: Shown) -> None:
    page = shown(width=390, java_script_enabled=False)
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Cases")).to_be_visible()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".toast [data-dismiss]")).to_be_hidden()


def test_relative_times_read_the_same_from_server_and_script(shown: Shown) -> None:
    page = shown()
    for seconds in (0, 44, 46, 61, 3599, 3601, 86399, 86401, 29 * 86400, -46, -3700, -90000):
        scripted = page.evaluate(
            f"import('/static/js/relative.js').then((module) => module.words({seconds}))"
        )
        assert scripted == ui.relative(timezone.now() - timedelta(seconds=seconds))


def test_hover_and_print_give_the_readers_zone_too(shown: Shown) -> None:
    page = shown()
    moment = page.locator("time[data-relative]").first
    expect(moment).to_have_attribute("title", re.compile(r"UTC\n.* in Europe/Berlin$"))
    absolute = page.locator(".time__absolute").first
    expect(absolute).to_be_hidden()
    page.emulate_media(media="print")
    expect(absolute).to_be_visible()
    expect(absolute).to_contain_text("in Europe/Berlin")


def test_a_countdown_ticks_speaks_at_a_minute_and_ends(shown: Shown) -> None:
    page = shown()
    page.evaluate("""() => {
        const item = document.querySelector("[data-countdown]");
        document.addEventListener("ended", () => { document.title = "over"; }, { once: true });
        item.dataset.countdown = new Date(Date.now() + 61500).toISOString();
    }""")
    expect(page.locator("#voice")).to_have_text("Your window ends in 1 minute.", timeout=15_000)
    page.evaluate(
        """document.querySelector("[data-countdown]").dataset.countdown = new Date(Date.now() - 1000).toISOString()"""
    )
    expect(page.locator("#voice")).to_have_text("Your window has ended.", timeout=15_000)
    expect(page.locator("[data-countdown]").first).to_contain_text("Ended")
    assert page.title() == "over"


def test_the_readers_wrong_clock_changes_no_countdown(shown: Shown) -> None:
    page = shown()
    before = page.locator("[data-countdown-words]").first.text_content()
    page.clock.install()
    page.clock.pause_at("2031-01-01")
    page.reload()
    after = page.locator("[data-countdown-words]").first.text_content()
    assert before is not None
    assert after is not None
    assert before[:2] == after[:2]


def test_keys_lead_to_search_and_pages_but_never_while_typing(shown: Shown) -> None:
    page = shown()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("?gc")
    expect(page.locator("#search")).to_have_value("?gc")
    page.locator("#search").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{ORIGIN}/cases/")


def test_keys_can_be_switched_off(shown: Shown) -> None:
    page = shown()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these shortcuts").uncheck()
    page.get_by_role("button", name="Close", exact=True).click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search"


def _sent(page: Page) -> list[str]:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_a_step_that_asks_is_sent_only_after_yes(shown: Shown) -> None:
    page = shown()
    page.evaluate("document.querySelectorAll('[required]').forEach((field) => { field.required = false; })")
    sent = _sent(page)
    page.get_by_role("button", name="End access").click()
    dialog = page.get_by_role("dialog", name="End this access?")
    expect(dialog).to_contain_text("The window closes for everybody at once.")
    dialog.get_by_role("button", name="Go back").click()
    assert sent == []
    page.get_by_role("button", name="End access").click()
    dialog.get_by_role("button", name="End access").click()
    page.wait_for_url(f"{ORIGIN}/x/")
    assert len(sent) == 1


def test_a_second_click_sends_nothing_more(shown: Shown) -> None:
    page = shown()
    sent = _sent(page)
    page.get_by_role("button", name="I am done").dblclick()
    page.wait_for_url(f"{ORIGIN}/x/")
    assert len(sent) == 1


def test_an_id_is_copied_whole(shown: Shown) -> None:
    page = shown(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy this id").first.click()
    expect(page.locator("[data-copy-said]").first).to_have_text("Copied")


def test_a_note_is_closed_by_its_button(shown: Shown) -> None:
    page = shown()
    page.get_by_role("button", name="Close this note").click()
    expect(page.locator(".toast")).to_have_count(0)

"""Signing in with an authenticator app and with a passkey, in a real browser on http://localhost: an address makes no passkeys."""

from pathlib import Path

import pytest

from tests.accounts.second import code
from tests.browser.conftest import PATIENCE, Desk
from tests.conftest import PASSWORD, clone, run
from tests.processes import Console

ROOT = Path(__file__).resolve().parents[2]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def strict_console(django_db_setup, tmp_path_factory):
    """A console whose policy asks for second factors."""
    name = clone("console_second_factor")
    policy = tmp_path_factory.mktemp("policy")
    for path in (ROOT / "demo" / "policy").rglob("*.toml"):
        copy = policy / path.relative_to(ROOT / "demo" / "policy")
        copy.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(text.replace("second_factor = false", "second_factor = true"), encoding="utf-8")
    told = run("manage.py", "policy", "propose", str(policy), "--as", "admin", database=name)
    run("manage.py", "policy", "activate", told.split()[-1], "--as", "compliance", database=name)
    console = Console(name, queue=3)
    console.url = f"http://localhost:{console.port}"
    try:
        console.start_web()
        yield console
    finally:
        console.stop()


def give_password(person, username):
    person.open("/sign-in/")
    person.page.get_by_label("User name").fill(username)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def person(browser, strict_console):
    """One person at a phone with a passkey in it."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield Desk(page, strict_console.url)
    context.close()


def test_somebody_new_adds_an_app_then_signs_in_with_it(person):
    page = person.page
    give_password(person, "approver")
    page.get_by_role("heading", name="Add a second factor first").wait_for()
    person.check()
    secret = page.locator("p:has-text('Key:') code").inner_text().replace(" ", "")
    page.get_by_label("Digits that the app shows").fill(code(secret))
    page.get_by_role("button", name="Add the app").click()
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    assert page.locator(".recovery-codes li").count() == 10
    person.check()
    page.get_by_role("button", name="I keep them").click()
    page.wait_for_url(f"{person.url}/")
    person.open("/sign-in/")
    page.request.post(f"{person.url}/sign-out/")  # without its token: refused, and nothing ends
    page.wait_for_url(f"{person.url}/")
    page.get_by_text("Menu").click()
    page.get_by_role("button", name="Sign out").last.click()
    give_password(person, "approver")
    page.get_by_role("heading", name="One more step").wait_for()
    person.check()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("That does not fit").wait_for()
    page.get_by_label("Code").fill(code(secret, steps=1))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{person.url}/")


def test_a_passkey_signs_in_and_steps_up(person):
    page = person.page
    give_password(person, "agent")
    page.get_by_label("Name, so that you know it again").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="I keep them").click()
    page.wait_for_url(f"{person.url}/")
    person.open("/security/")
    page.get_by_text("My phone").first.wait_for()
    person.check()
    person.open("/step-up/?next=/tenants/")
    page.get_by_role("heading", name="Show that it is you").wait_for()
    person.check()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{person.url}/tenants/")
    page.context.clear_cookies()
    give_password(person, "agent")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{person.url}/")
    assert person.complaints == []

"""A support session as the agent's browser meets it: the console on 127.0.0.1, the product on localhost, two sites."""

import re
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from impersonation.product import tokens
from impersonation.product.console import ASSERTION
from impersonation.product.keys import Key, make_keys
from tests.handoff.two import Two, opened, two_processes
from tests.outages.person import Person
from tests.processes import wait_until
from tests.product.world import ADMIN, STRANGER, TENANT, post, token_of, urls

MOST_ROUND_TRIPS = (
    5  # issue: from the click to the product's page under five; the page itself comes after the last redirect
)


@pytest.fixture(scope="module")
def two(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with two_processes(tmp_path_factory.mktemp("two")) as both:
        yield both


def test_what_a_stranger_tries_at_the_products_door(two: Two) -> None:
    """Nothing comes in that this browser did not ask for, and nobody is sent anywhere else."""
    start, callback = (
        f"{two.product_url}/support-session/start/",
        f"{two.product_url}/support-session/callback/",
    )
    browser = httpx.Client(timeout=30)
    hint = "h" * 43
    for iss, target in (
        ("https://evil.example", "/"),
        (two.console.url, "//evil.example/"),
        (two.console.url, "/\\evil.example"),
        (two.console.url, "https://evil.example/"),
        (two.console.url, two.console.url),
        (two.console.url, f"http://localhost:1{two.product.port}/"),
        (two.console.url, "javascript:alert(1)"),
    ):
        asked = {"iss": iss, "login_hint": hint, "target_link_uri": target}
        answer = browser.get(start, params=asked)
        assert (answer.status_code, answer.headers.get("location"), dict(answer.cookies)) == (
            403,
            None,
            {},
        ), target
    for query in ({"code": "x" * 43, "state": "y" * 43}, {"code": "x" * 43}, {}):  # an unsolicited code
        answer = browser.get(callback, params={**query, "iss": two.console.url})
        assert (answer.status_code, "did not ask" in answer.text) == (403, True)
    begun = browser.get(
        start, params={"iss": two.console.url, "login_hint": hint, "target_link_uri": "/invoices/"}
    )
    sent = httpx.URL(begun.headers["location"]).params
    for change in ({"state": "z" * 43}, {"iss": "https://evil.example"}):
        given = {"code": "x" * 43, "state": sent["state"], "iss": two.console.url, **change}
        assert browser.get(callback, params=given).status_code == 403
        begun = browser.get(
            start, params={"iss": two.console.url, "login_hint": hint, "target_link_uri": "/"}
        )
        sent = httpx.URL(begun.headers["location"]).params
    assert (
        two.agent.get(begun.headers["location"].removeprefix(two.console.url)).status_code == 403
    )  # a made-up handle
    for path, body in (("push/", "x.y.z"), ("actions/sync.rerun/", "x.y.z")):
        answer = browser.post(f"{two.product_url}/support-session/{path}", content=body)
        assert answer.status_code == 401, path


def test_a_stolen_code_is_of_no_use_in_another_browser(two: Two) -> None:
    """Nor is a handle; and a code that is brought again, even by the product itself, ends the session."""
    page = two.started(two.access())
    victim, thief = httpx.Client(timeout=30), httpx.Client(timeout=30)

    def on_the_way() -> str:
        """A path of the console with a handle in it."""
        address = two.agent.get(f"{page}open/").headers["location"]
        return str(victim.get(address).headers["location"]).removeprefix(two.console.url)

    other_browsers = (two.person("agent2"), Person(two.console.url, "agent"))
    for stolen, other in zip((on_the_way(), on_the_way()), other_browsers, strict=True):
        assert other.get(stolen).status_code == 403
        assert two.agent.get(stolen).status_code == 403  # used up by the thief
    to_product = two.agent.get(on_the_way()).headers["location"]
    assert thief.get(to_product).status_code == 403
    assert victim.get(to_product).status_code == 302
    assert victim.get(to_product).status_code == 403  # a code is taken once, and its cookie is gone
    assert victim.get(f"{two.product_url}/invoices/").status_code == 200
    frame = tokens.frame("quillfold", two.console.url, time.time())
    again = {
        "grant_type": "authorization_code",
        "code": httpx.URL(to_product).params["code"],
        "code_verifier": "v" * 50,
        "redirect_uri": f"{two.product_url}/support-session/callback/",
        "client_assertion_type": ASSERTION,
        "client_assertion": tokens.signed(two.product_key, tokens.CLIENT, {**frame, "sub": "quillfold"}),
    }
    replayed = httpx.post(f"{two.console.url}/oauth/token", data=again, timeout=30)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert two.session(page)["cause"] == "code_reused"
    wait_until(lambda: victim.get(f"{two.product_url}/invoices/").status_code == 403)


def test_the_product_believes_nothing_but_the_console_and_each_word_once(two: Two, tmp_path: Path) -> None:
    """Both signed endpoints of the running product: another key, time, audience, body or type, and a word said twice."""
    sid, now = str(uuid.uuid4()), int(time.time())
    stranger = make_keys(tmp_path / "stranger")[0]
    forged = Key(two.key.kid, stranger.private, stranger.path)
    words: dict[str, tuple[str, dict[str, Any]]] = {
        "push/": (tokens.NEWS, {"sid": sid, "news": "ended", "cause": ""}),
        "actions/invoice_email.update/": (
            tokens.ACTION,
            {
                "action": "invoice_email.update", "step": "look", "fields": {}, "sub_id": "", "org": TENANT, "sid": sid,
                "act": {"sub": "a", "name": "Support agent"}, "ticket": "HD-1",
            },
        ),
    }  # fmt: skip
    browser = httpx.Client(base_url=f"{two.product_url}/support-session/", timeout=30)

    def told(path: str, token: str) -> tuple[int, str]:
        answer = browser.post(path, content=token)
        return answer.status_code, str(answer.json().get("error_description", ""))

    for path, (typ, claims) in words.items():
        good = two.said(typ, **claims)
        head, _, signature = good.split(".")
        other_body = two.said(typ, **{**claims, "sid": str(uuid.uuid4())}).split(".")[1]
        assert told(path, good) == (200, ""), path
        assert told(path, good) == (401, "jti"), path
        wrong = {
            "signature": [
                f"{head}.{other_body}.{signature}",
                two.said(typ, **claims, key=forged),
            ],
            "kid": [two.said(typ, **claims, key=stranger)],
            "aud": [two.said(typ, **claims, aud="another"), two.said(typ, **claims, aud=None)],
            "iss": [two.said(typ, **claims, iss=two.product_url), two.said(typ, **claims, iss=None)],
            "iat": [two.said(typ, **claims, iat=now + 45, exp=now + 60), two.said(typ, **claims, iat=None)],
            "exp": [
                two.said(typ, **claims, iat=now - 100, exp=now - 35),
                two.said(typ, **claims, exp=now + 600),
                two.said(typ, **claims, exp=None),
            ],
            "jti": [two.said(typ, **claims, jti=None), two.said(typ, **claims, jti="short")],
            "typ": [two.said(other, **claims) for other in (tokens.SESSION, tokens.CLIENT, "JWT")],
            "form": ["x" * (tokens.LONGEST_TOKEN + 2), "", "a.b"],
        }
        for code, told_wrong in wrong.items():
            assert [told(path, token) for token in told_wrong] == [(401, code)] * len(told_wrong), (
                path,
                code,
            )
        for off in (-25, 25):  # either clock half a minute off, less what this test may take
            assert told(path, two.said(typ, **claims, iat=now + off, exp=now + off + 30))[0] == 200
    crossed = two.said(tokens.ACTION, **{**words["actions/invoice_email.update/"][1], "action": "sync.rerun"})
    assert browser.post("actions/invoice_email.update/", content=crossed).status_code == 400
    without_length = browser.post("push/", content=iter([b"x" * 4_096] * 5))
    assert without_length.status_code == 401


ACTIONS = {
    "sync.rerun": (
        {"sync": "bank_feed"},
        "failed The bank refused the certificate",
        "from failed to queued",
        ("select status, attempts from sync_jobs", ("queued", 2)),
    ),
    "invite.resend": (
        {"email": "new@northwind-paper.example"},
        "1 of 2",
        "it was held and will be sent",
        ("select status, used_24h from invites join send_limits using (tenant_id)", ("sent", 2)),
    ),
    "setting.restore": (
        {"setting": "reminders.after_days"},
        "reminders.after_days",
        "from 7 to 14",
        ("select settings #> '{reminders,after_days}' from tenants where slug = 'northwind'", (14,)),
    ),
}


def seen_in(page: httpx.Response) -> dict[str, str]:
    """Return what a preview's form carries."""
    assert page.status_code == 200, page.text
    return {"seen": page.text.split('name="seen" value="')[1].split('"')[0]}


def test_each_action_is_shown_previewed_and_run_once_by_the_product(two: Two) -> None:
    page = two.started(two.access(), mode="view")
    for action, (typed, now, says, (sql, after)) in ACTIONS.items():
        path = f"{page}actions/{action}/"
        before = two.product.ask(sql)
        assert now in two.agent.get(path).text, action
        preview = two.agent.post(path, **typed, step="preview")
        assert says in preview.text, preview.text
        assert two.product.ask(sql) == before, action  # a preview changes nothing
        form = {**typed, **seen_in(preview), "tenant_name": "Northwind Paper"}
        for _ in range(2):  # the button pressed twice
            assert two.agent.post(path, **form).status_code == 302
        assert two.product.ask(sql) == [after], action
        history = two.product.ask(
            "select support_agent, changed_by::text from settings_changes order by id desc limit 1"
        )
        assert history == [("Support agent", ADMIN)], action
    limit = f"{page}actions/invite.resend/"
    assert two.agent.post(limit, email="new@northwind-paper.example").status_code == 302
    stale = two.agent.post(f"{page}actions/setting.restore/", setting="reminders.after_days", step="preview")
    two.product.ask(
        "insert into settings_changes (tenant_id, setting, old_value, new_value, is_secret, at)"
        " values (%s, 'reminders.after_days', '14', '30', false, now())",
        [TENANT],
    )
    form = {"setting": "reminders.after_days", **seen_in(stale), "tenant_name": "Northwind Paper"}
    assert two.agent.post(f"{page}actions/setting.restore/", **form).status_code == 302
    runs = two.rows(
        "SELECT action, outcome, sentence FROM impersonation_actionrun WHERE session_id = %s ORDER BY started_at",
        two.session(page)["id"],
    )
    assert [run["outcome"] for run in runs] == ["ok", "ok", "ok", "refused", "refused"]
    assert "2 of 2 invitations" in runs[3]["sentence"]
    assert "has changed since you looked" in runs[4]["sentence"]
    assert two.agent.post(f"{page}end/").status_code == 302


BREAKS = """
create function breaks() returns trigger language plpgsql as $$ begin raise exception 'half way'; end $$;
create trigger breaks before insert on settings_changes for each row execute function breaks();
"""


def test_a_product_that_fails_half_way_changed_nothing_and_is_asked_again_only_where_that_does_no_harm(
    two: Two,
) -> None:
    page = two.started(two.access(), mode="view")
    path = f"{page}actions/invoice_email.update/"
    address = "select billing_email from billing_accounts"
    before = two.product.ask(address)
    two.product.as_owner(BREAKS)
    assert two.agent.post(path, email="never@northwind-paper.example").status_code == 302
    two.product.as_owner("drop trigger breaks on settings_changes")
    assert two.product.ask(address) == before

    def cut_off(lock: str, path: str, **typed: str) -> None:
        """Run an action, and end the product's process in the middle of it."""
        with psycopg.connect(urls()["PRODUCT_APP_DATABASE_URL"]) as holder:
            holder.execute(lock.encode())
            running = threading.Thread(target=two.agent.post, args=[path], kwargs=typed)
            running.start()
            wait_until(two.product.waits_for_a_lock)
            two.product.kill_worker()
            holder.rollback()
            running.join()

    cut_off("select 1 from billing_accounts for update", path, email="once@northwind-paper.example")
    assert two.product.ask(address) == [("once@northwind-paper.example",)]
    two.product.ask("update send_limits set used_24h = 0")
    wait_until(lambda: two.product.browser().get("/healthz").status_code == 200)
    resend = f"{page}actions/invite.resend/"
    cut_off("select 1 from send_limits for update", resend, email="new@northwind-paper.example")
    assert two.product.ask("select used_24h from send_limits") == [(0,)]  # twice would be two mails
    runs = two.rows(
        "SELECT outcome FROM impersonation_actionrun WHERE session_id = %s ORDER BY started_at",
        two.session(page)["id"],
    )
    assert [run["outcome"] for run in runs] == ["failed", "ok", "unknown"]
    told = "select count(*) from settings_changes where new_value = 'once@northwind-paper.example'"
    assert two.product.ask(told) == [(1,)]
    assert two.agent.post(f"{page}end/").status_code == 302


def test_two_tabs_with_two_tenants_write_into_neither_by_mistake(two: Two) -> None:
    """A form that stands open from one customer is nobody's form once the same browser works for another, or for none."""
    page = two.started(two.access())
    browser, _, _ = opened(two, page)
    left_open = {"csrfmiddlewaretoken": token_of(browser.get("/preferences/")), "news": "on"}
    assert browser.post("/preferences/", data=left_open).status_code == 302
    assert two.agent.post(f"{page}end/").status_code == 302
    wait_until(lambda: browser.get("/preferences/").status_code == 403)
    assert browser.post("/preferences/", data=left_open).status_code == 403
    other = two.started(two.access("fable"), subject=STRANGER)
    opened(two, other, browser)
    assert "Fable Press" in browser.get("/").text
    written = two.product.ask("select count(*) from settings_changes")
    refused = browser.post("/preferences/", data=left_open)
    assert (refused.status_code, "Fable Press" in refused.text) == (403, True)
    assert two.product.ask("select count(*) from settings_changes") == written
    out = {"csrfmiddlewaretoken": left_open["csrfmiddlewaretoken"]}  # the way out works from the old tab too
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert browser.post("/support-session/exit/", data=out).status_code == 403
    assert browser.post("/support-session/exit/", data=out, headers=headers).status_code == 302
    assert browser.post("/preferences/", data=left_open).status_code == 403
    wait_until(lambda: two.session(other)["cause"] == "left")


def test_without_an_answer_of_the_console_writes_stop_at_once_and_all_else_after_a_minute(two: Two) -> None:
    page = two.started(two.access())
    browser, answer, _ = opened(two, page)
    assert answer.status_code == 200
    sid = page.strip("/").split("/")[-1]

    def aged(seconds: int) -> None:
        two.product.ask(
            "update support_session_productsession set last_answer_at = now() - make_interval(secs => %s),"
            " last_checked_at = now() - make_interval(secs => %s) where sid = %s",
            [seconds, seconds, sid],
        )

    aged(-60)
    answered = two.product.session(sid, "last_answer_at")
    assert browser.get(f"{two.product_url}/invoices/").status_code == 200
    assert two.product.session(sid, "last_answer_at") == answered  # an answer counts for 15 seconds
    aged(16)
    answered = two.product.session(sid, "last_answer_at")
    assert browser.get(f"{two.product_url}/invoices/").status_code == 200
    assert two.product.session(sid, "last_answer_at") > answered
    with two.silence():
        aged(16)
        assert browser.get(f"{two.product_url}/invoices/").status_code == 200
        refused = browser.post(
            f"{two.product_url}/preferences/", data={"csrfmiddlewaretoken": token_of(answer)}
        )
        assert (refused.status_code, "does not answer" in refused.text) == (403, True)
        two.product.ask(
            "update support_session_outboxevent set sent_at = now() where sent_at is null"
        )  # lost
        aged(61)
        assert browser.get(f"{two.product_url}/invoices/").status_code == 403
    aged(61)
    assert browser.get(f"{two.product_url}/invoices/").status_code == 200
    assert two.agent.post(f"{page}end/").status_code == 302
    assert browser.get(f"{two.product_url}/invoices/").status_code == 403

    def told() -> bool:
        at = two.rows("SELECT highest, missing FROM impersonation_productreport WHERE session_id = %s", sid)
        return bool(at) and (at[0]["highest"], at[0]["missing"]) == (
            two.product.session(sid, "sequence")[0],
            [],
        )

    wait_until(told)  # what was lost on the way was asked for again
    gap = (
        "SELECT count(*) AS found FROM audit_event WHERE type = 'product.reports_missing' AND session_id = %s"
    )
    assert two.rows(gap, sid)[0]["found"] >= 1


def test_revoke_in_the_console_is_refusal_in_the_product(two: Two) -> None:
    grant = two.access()
    page = two.started(grant, mode="view")
    browser, answer, seen = opened(two, page)
    assert (answer.status_code, 'id="support-session"' in answer.text) == (200, True)
    assert len(seen) < MOST_ROUND_TRIPS, seen
    assert not any("eyJ" in address for address in seen)
    assert post(browser, "/settings/", "/settings/", footer="By hand").status_code == 403  # it may only look
    lead = two.person("approver")
    assert lead.post(f"/grants/{grant}/revoke/", comment="The ticket was withdrawn.").status_code == 302
    told = two.session(page)
    assert told["cause"] == "grant"
    wait_until(lambda: browser.get("/invoices/").status_code == 403, seconds=30)
    heard = two.product.session(str(told["id"]), "cause")[0]
    # The word goes out with the revoke; on a machine under load it may come too late, and asking finds out the same.
    assert heard in {"the access under it ended", "ended in the console"}


@pytest.mark.browser
def test_a_session_from_the_click_to_the_back_button(two: Two, browser: Any) -> None:
    from tests.browser.conftest import Desk

    grant, other = two.access(), two.access("fable")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    desk = Desk(context.new_page(), two.console.url, axe=False)
    desk.sign_in("agent")
    desk.open(f"/grants/{grant}/sessions/")
    page = desk.page
    page.get_by_label("Whose product do you want to see?").select_option(
        value=None, label="Admin of Northwind (admin)"
    )
    page.get_by_label("Only look: nothing can be changed").check()
    page.get_by_role("button", name="Start support session").click()
    page.wait_for_url("**/sessions/*/")
    home = page.url
    page.get_by_role("link", name="Open the product").click()
    page.wait_for_url(f"{two.product_url}/**")
    banner = page.locator("#support-session")
    for words in ("Northwind Paper", "Support agent", "HD-81"):
        assert words in banner.inner_text(), banner.inner_text()
    page.goto(f"{two.product_url}/settings/")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("may look and change nothing").wait_for()
    page.get_by_role("link", name="Ask for just this action for 10 minutes").click()
    page.wait_for_url(re.compile(r"/cases/[^/]+/\?scope=setting\.restore&minutes=10$"))

    page.goto(home)
    page.get_by_role("link", name="Update the invoice e-mail").click()
    now = two.product.ask("select billing_email from billing_accounts where tenant_id = %s", [TENANT])[0][0]
    assert now in page.inner_text("main")
    page.get_by_label("New invoice e-mail").fill("accounts@northwind-paper.example")
    page.get_by_role("button", name="Show what would change").click()
    assert f"from {now} to accounts@northwind-paper.example" in page.inner_text("main")
    page.get_by_role("button", name="Update the invoice e-mail").click()
    page.wait_for_url(home)
    assert two.product.ask("select billing_email from billing_accounts where tenant_id = %s", [TENANT]) == [
        ("accounts@northwind-paper.example",)
    ]
    assert "Support agent" in two.product.ask("select support_agent from settings_changes")[-1][0]

    left_open = context.new_page()
    left_open.goto(f"{two.product_url}/settings/")
    page.goto(f"{two.product_url}/invoices/")
    assert "Customer 1" in page.inner_text("body")
    page.locator("#support-session button").first.click()
    page.wait_for_url("**/support-session/ended/**")
    page.go_back()
    assert page.locator("#support-session").count() == 0
    assert "Customer 1" not in page.inner_text("body")  # nothing of the customer stays to go back to
    wait_until(lambda: two.session(home.removeprefix(two.console.url))["ended_at"], seconds=60)
    row = two.session(home.removeprefix(two.console.url))
    assert row["cause"] == "left"
    kinds = {
        each["type"] for each in two.rows("SELECT type FROM audit_event WHERE session_id = %s", row["id"])
    }
    assert {
        "session.entered",
        "product.area_entered",
        "product.try_blocked",
        "action.finished",
        "session.ended",
    } <= kinds
    desk.open(home.removeprefix(two.console.url))
    assert "Tried and stopped" in page.inner_text("main")

    token = next(each["value"] for each in context.cookies(two.console.url) if each["name"].endswith("csrf"))
    begin = {"subject": STRANGER, "mode": "act", "minutes": "15", "csrfmiddlewaretoken": token}
    second = context.request.post(f"{two.console.url}/grants/{other}/sessions/", form=begin, max_redirects=0)
    page.goto(f"{two.console.url}{second.headers['location']}open/")
    page.goto(f"{two.product_url}/preferences/")
    left_open.locator(
        "#support-session", has_text="Fable Press"
    ).wait_for()  # no tab goes on showing another customer
    tab = context.new_page()
    tab.goto(f"{two.product_url}/broken/")  # the way out stands on the page that failed too
    tab.locator("#support-session button").first.click()
    tab.wait_for_url("**/support-session/ended/**")
    page.locator(
        "#support-session button"
    ).first.click()  # and in the tab that was left open, where nothing is left to end
    page.wait_for_url("**/support-session/ended/**")
    assert "You ended it" in page.inner_text("main")
    context.close()

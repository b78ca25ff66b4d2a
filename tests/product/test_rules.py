"""What a session may do in the product: little, by name, and never as somebody else."""

import threading

import psycopg
import pytest

from tests.processes import wait_until
from tests.product.world import (
    ADMIN,
    DOMAIN,
    MARK,
    OTHER_TENANT,
    OWNER,
    STRANGER,
    VIEWER,
    Product,
    post,
    token_of,
    urls,
)


def test_a_session_that_looks_changes_nothing_and_its_try_is_an_event(product: Product) -> None:
    browser, sid = product.open()
    before = product.footer()
    answer = post(browser, "/settings/", footer="changed")
    assert answer.status_code == 403
    assert "read only" in answer.text
    assert "setting.restore" in answer.text
    assert product.footer() == before
    event = product.events(sid)[-1]
    assert (event["kind"], event["rule"], event["path"], event["scope"]) == (
        "blocked",
        "read only",
        "/settings/",
        "setting.restore",
    )
    for method in ("HEAD", "OPTIONS"):
        assert browser.request(method, "/settings/").status_code == 200


def test_a_change_within_the_scope_carries_the_agents_name(product: Product) -> None:
    browser, sid = product.open(mode="act", scopes=["setting.restore"])
    assert post(browser, "/settings/", footer="Best wishes").status_code == 302
    assert "Saved by Support on behalf of Admin of Northwind" in browser.get("/settings/").text
    assert product.footer() == "Best wishes"
    assert "Support (Agent of the desk) on behalf of Admin of Northwind" in browser.get("/history/").text
    told = next(event for event in product.events(sid) if event["kind"] == "change")
    assert (told["what"], told["new"]) == ("invoice.footer", "Best wishes")
    assert post(browser, "/users/invite/", email="new@northwind.example").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/billing/", "/security/mfa/", "/admin/", "/settings/tokens/", "/invoices/1/download/", "/sign-in/"],
)
def test_some_routes_are_closed_whatever_the_scope(product: Product, path: str) -> None:
    browser, _ = product.open(mode="act", scopes=["setting.restore", "session.act"])
    assert browser.get(path).status_code == 403


def test_a_file_does_not_leave_by_a_page_that_is_no_action(product: Product) -> None:
    browser, sid = product.open()
    answer = browser.get("/invoices/?csv")
    assert answer.status_code == 403
    assert "N-1" not in answer.text
    assert product.events(sid)[-1]["rule"] == "always blocked: exports"


@pytest.mark.parametrize(
    "path",
    [
        "/me//billing//",
        "/Billing/",
        "/me/change-password/",
        "/resetPassword",
        "/api/v2/api_keys.json",
        "/hijack/acquire/",
        "/o/oauth2/authorize",
    ],
)
def test_no_way_of_writing_a_path_opens_a_closed_route(product: Product, path: str) -> None:
    browser, _ = product.open()
    assert browser.get(path).status_code == 403


def test_a_get_that_changes_something_is_a_change(product: Product) -> None:
    browser, _ = product.open()
    assert browser.get("/imports/1/retry-now/").status_code == 403
    acting, _ = product.open(mode="act", scopes=["sync.rerun"])
    assert acting.get("/imports/1/retry-now/").status_code == 302


def test_signing_out_as_the_customer_is_closed_and_the_exit_is_open(product: Product) -> None:
    browser, sid = product.open()
    assert post(browser, "/sign-out/").status_code == 403
    page = browser.get("/broken/")
    left = browser.post("/support-session/exit/", data={"csrfmiddlewaretoken": token_of(page)})
    assert left.status_code == 302
    assert left.headers["Location"].startswith("/support-session/ended/")
    assert product.session(sid, "cause") == ("agent",)
    assert MARK not in browser.get("/help/").text
    assert browser.get("/invoices/").headers["Location"].startswith("/sign-in/")


def test_exit_is_a_post_and_harmless_when_the_session_is_gone(product: Product) -> None:
    browser, sid = product.open()
    browser.get("/")
    assert browser.get("/support-session/exit/").status_code == 405
    assert browser.post("/support-session/exit/").status_code == 403  # a form of nobody ends nothing
    assert product.session(sid, "cause") == ("",)
    product.ask(
        "update support_session_productsession set ended_at = now(), cause = 'grant ended' where sid = %s",
        [sid],
    )
    assert browser.get("/").status_code == 403  # the end is shown, and the form that stands open is too old
    assert [browser.post("/support-session/exit/").status_code for _ in range(2)] == [302, 302]
    assert product.session(sid, "cause") == ("grant ended",)


def test_another_site_takes_no_session_away(product: Product) -> None:
    """A form elsewhere comes without the cookie, which is SameSite; the answer must not make the browser forget it."""
    answer = product.browser().post("/support-session/exit/", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (302, None)
    browser, sid = product.open()
    assert browser.post("/support-session/exit/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert product.session(sid, "cause") == ("",)


def test_a_token_beside_a_session_is_refused(product: Product) -> None:
    browser, _ = product.open()
    both = browser.get(
        "/api/invoices/", headers={"Authorization": "Bearer qf_live_fable", "Accept": "application/json"}
    )
    assert both.status_code == 403
    assert both.json()["support_session"]["rule"] == "token beside a session"
    assert browser.get("/api/invoices/", headers={"X-Api-Key": "qf_live_fable"}).status_code == 403
    assert browser.get("/api/invoices/?access_token=qf_live_fable").status_code == 403
    assert (
        product.browser().get("/api/invoices/", headers={"Authorization": "Bearer qf_live_fable"}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("sql", "cause"),
    [
        ("ends_at = now()", "absolute"),
        ("last_seen_at = now() - interval '10 minutes'", "idle"),
        (f"subject_id = '{OWNER}'", "subject promoted"),
        (f"subject_id = '{STRANGER}'", "subject deactivated"),
        (f"org = '{OTHER_TENANT}'", "subject deactivated"),
    ],
)
def test_a_session_that_is_over_does_nothing_in_anybodys_name(product: Product, sql: str, cause: str) -> None:
    browser, sid = product.open(mode="act", scopes=["setting.restore"])
    page = browser.get("/settings/")
    before = product.footer()
    product.ask(f"update support_session_productsession set {sql} where sid = %s", [sid])
    answer = browser.post("/settings/", data={"csrfmiddlewaretoken": token_of(page), "footer": "too late"})
    assert answer.status_code == 403
    assert answer.headers["X-Support-Session"] == "ended"
    assert "not done" in answer.text
    assert product.footer() == before
    ends = [event for event in product.events(sid) if event["kind"] == "ended"]
    assert [event["cause"] for event in ends] == [cause]
    assert product.cookie not in browser.cookies


def test_a_deactivated_subject_ends_it(product: Product) -> None:
    browser, sid = product.open(subject_id=VIEWER)
    assert browser.get("/").status_code == 200
    product.ask("update users set status = 'deactivated' where id = %s", [VIEWER])
    try:
        assert browser.get("/").status_code == 403
    finally:
        product.ask("update users set status = 'active' where id = %s", [VIEWER])
    assert product.session(sid, "cause") == ("subject deactivated",)


def test_polling_keeps_no_session_alive_and_a_human_does(product: Product) -> None:
    browser, sid = product.open()
    nearly = (
        "update support_session_productsession set last_seen_at = now() - interval '9 minutes' where sid = %s"
    )
    young = "last_seen_at > now() - interval '1 minute'"
    product.ask(nearly, [sid])
    browser.get("/imports/1/progress/", headers={"HX-Request": "true"})
    browser.get("/imports/1/progress/")
    browser.get("/support-session/status.json")
    for headers in ({"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}):
        browser.post("/settings/", headers=headers)
    assert product.session(sid, young) == (False,)
    browser.get("/imports/")
    assert product.session(sid, young) == (True,)
    product.ask(nearly, [sid])
    browser.get("/support-session/status.json", headers={"X-Support-Session-Here": "1"})
    assert product.session(sid, young) == (True,)


def test_a_write_that_outlives_its_session_does_not_happen(product: Product) -> None:
    browser, sid = product.open(mode="act", scopes=["setting.restore"])
    form = {"csrfmiddlewaretoken": token_of(browser.get("/settings/")), "footer": "written after the end"}
    before = product.footer()
    answers = []
    with psycopg.connect(urls()["PRODUCT_APP_DATABASE_URL"]) as lock:
        lock.execute("select 1 from tenants for update")
        writer = threading.Thread(target=lambda: answers.append(browser.post("/settings/", data=form)))
        writer.start()
        wait_until(product.waits_for_a_lock)
        product.ask(
            "update support_session_productsession set ends_at = clock_timestamp() where sid = %s", [sid]
        )
        lock.rollback()
        writer.join()
    assert answers[0].status_code == 403
    assert product.footer() == before
    assert [event["kind"] for event in product.events(sid)][-2:] == ["blocked", "ended"]


def test_the_customers_own_cookie_is_left_as_it_is(product: Product) -> None:
    customer = product.browser()
    product.ask(
        "update users set password_hash = (select password_hash from users where id = %s) where id = %s",
        [ADMIN, VIEWER],
    )
    form = {
        "csrfmiddlewaretoken": token_of(customer.get("/sign-in/")),
        "email": "viewer@northwind.example",
        "password": "quillfold-demo",
    }
    assert customer.post("/sign-in/", data=form).status_code == 302
    own = {name: value for name, value in customer.cookies.items() if name.endswith("-session")}
    assert own
    acting, _ = product.open(mode="act", scopes=["setting.restore"])
    customer.cookies.set(product.cookie, acting.cookies[product.cookie], domain=DOMAIN)
    answer = post(customer, "/settings/", footer="by support")
    assert answer.status_code == 302
    assert "session=" not in answer.headers.get("Set-Cookie", "").replace("support-session=", "")
    page = customer.get("/settings/")
    stale = token_of(page)
    assert "Saved by Support on behalf of Admin of Northwind" in page.text
    left = customer.post("/support-session/exit/", data={"csrfmiddlewaretoken": stale})
    customer.get(left.headers["Location"])
    still_open = customer.post("/settings/", data={"csrfmiddlewaretoken": stale, "footer": "from an old tab"})
    assert still_open.status_code == 403
    assert {name: value for name, value in customer.cookies.items() if name.endswith("-session")} == own
    back = customer.get("/")
    assert MARK not in back.text
    assert "Viewer of Northwind" in back.text


def test_tokens_made_in_a_session_end_with_it_and_mail_is_held(product: Product) -> None:
    browser, sid = product.open(mode="act", scopes=["api_token.make", "invite.resend"])
    assert post(browser, "/settings/tokens/", "/settings/tokens/").status_code == 302
    mine = "select status from api_tokens where name like 'Support on behalf of%%'"
    assert product.ask(mine) == [("active",)]
    assert post(browser, "/users/invite/", email="held@northwind.example").status_code == 302
    post(browser, "/support-session/exit/")
    assert product.ask(mine) == [("revoked",)]
    assert "mail is held while support acts" in [event.get("rule") for event in product.events(sid)]


def test_a_token_outlives_no_session_whose_browser_never_came_back(product: Product) -> None:
    browser, sid = product.open(mode="act", scopes=["api_token.make"])
    post(browser, "/settings/tokens/", "/settings/tokens/")
    token = product.ask("select token from api_tokens where status = 'active' and name like 'Support%%'")[0][
        0
    ]
    use = {"Authorization": f"Bearer {token}"}
    assert product.browser().get("/api/invoices/", headers=use).status_code == 200
    product.ask("update support_session_productsession set ends_at = clock_timestamp() where sid = %s", [sid])
    assert product.browser().get("/api/invoices/", headers=use).status_code == 401


def test_a_part_of_a_page_that_comes_too_late_takes_the_whole_page_away(product: Product) -> None:
    browser, sid = product.open()
    product.ask("update support_session_productsession set ends_at = clock_timestamp() where sid = %s", [sid])
    answer = browser.get("/imports/1/progress/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/support-session/ended/?session={sid}"
    assert "Its time is up" in browser.get(answer.headers["HX-Redirect"]).text


def test_events_name_areas_and_no_clicks(product: Product) -> None:
    browser, sid = product.open()
    for path in ("/invoices/", "/invoices/1/", "/invoices/2/", "/history/", "/nowhere/"):
        browser.get(path)
    told = [(event["kind"], event["area"]) for event in product.events(sid)]
    assert told == [("area", "Invoices"), ("area", "History"), ("sensitive", "History")]

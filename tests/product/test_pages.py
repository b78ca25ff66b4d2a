"""The banner on every page of the product, however the page is made."""

import re

import pytest

from tests.product.world import ADMIN, MARK, Product, post

PAGES = {
    "a page": ("/", 200),
    "a page that never touches a session": ("/help/article/", 200),
    "the page for what is not there": ("/nowhere/", 404),
    "the page for what failed": ("/broken/", 500),
    "a streaming page": ("/activity/", 200),
    "a page with a dialog": ("/invoices/1/", 200),
    "a page with a frame": ("/help/", 200),
    "a refusal": ("/billing/", 403),
    "a page of the package": ("/support-session/ended/", 200),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_banner_once_and_no_cache_keeps_it(product: Product, name: str) -> None:
    path, status = PAGES[name]
    browser, sid = product.open()
    page = browser.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert page.status_code == status
    assert page.text.count(MARK) == 1
    for words in (
        "Agent of the desk",
        "Northwind Paper",
        "Admin of Northwind",
        "HD-48192",
        "Approver of the desk",
        "Retry an import",
    ):
        assert words in page.text, words
    assert f"id={sid}; exp=" in page.headers["X-Support-Session"]
    assert page.headers["Cache-Control"] == "no-store, private"
    assert "ETag" not in page.headers
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<style|<script(?![^>]*src=)|\son\w+=|\sstyle=", page.text)
    assert product.session(sid, "shown", "unshown") == (1, {})


def test_outside_a_session_nothing_is_different(product: Product) -> None:
    page = product.browser().get("/help/")
    assert MARK not in page.text
    assert "X-Support-Session" not in page.headers
    assert "analytics.js" in page.text


def test_a_conditional_request_gets_the_whole_page(product: Product) -> None:
    browser, _ = product.open()
    plain = product.browser().get("/help/article/")
    again = browser.get("/help/article/", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 200
    assert again.text.count(MARK) == 1


def test_parts_of_pages_json_and_redirects_are_left_alone_and_counted(product: Product) -> None:
    browser, sid = product.open(mode="act", scopes=["invoice.download", "sync.rerun"])
    part = browser.get("/imports/1/progress/", headers={"HX-Request": "true"})
    rows = browser.get("/api/invoices/")
    file = browser.get("/invoices/1/download/")
    moved = post(browser, "/imports/1/retry/")
    assert [answer.status_code for answer in (part, rows, file, moved)] == [200, 200, 200, 302]
    assert all(MARK not in answer.text for answer in (part, rows, file))
    assert all("X-Support-Session" in answer.headers for answer in (part, rows, file, moved))
    assert product.session(sid, "unshown") == ({"fragment": 1, "not html": 2, "redirect": 1},)


def test_head_says_the_length_of_the_page_with_its_banner(product: Product) -> None:
    browser, _ = product.open()
    head, whole = (
        browser.request(method, "/help/article/", headers={"Accept-Encoding": "identity"})
        for method in ("HEAD", "GET")
    )
    assert head.headers["Content-Length"] == whole.headers["Content-Length"] == str(len(whole.content))


def test_a_dialog_has_a_twin_with_a_way_out(product: Product) -> None:
    browser, _ = product.open()
    inside = browser.get("/invoices/1/").text.partition("<dialog")[2].partition("</dialog>")[0]
    assert inside.count("support-session-twin") == 1
    assert 'action="/support-session/exit/"' in inside


def test_the_product_counts_no_agent_as_a_customer(product: Product) -> None:
    product.ask("delete from quillfold_presence")
    browser, _ = product.open()
    assert "analytics.js" not in browser.get("/").text
    assert product.ask("select * from quillfold_presence") == []
    assert product.ask("select distinct last_sign_in_at::text from users where id = %s", [ADMIN]) == [
        ("2026-01-02 03:04:05+00",)
    ]


def test_status_tells_pages_that_django_did_not_write(product: Product) -> None:
    browser, _ = product.open()
    assert MARK in browser.get("/support-session/status.json").json()["html"]
    assert product.browser().get("/support-session/status.json").json() == {"active": False}
    script = product.browser().get("/static/support_session/support-session.js")
    assert script.status_code == 200
    assert len(script.content) <= 2048

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tenants.language.shapes import Paging, Question, Source
from tenants.sources.base import Params, QueryFailed, SourceError, TimedOut, TooLarge, Unreachable
from tenants.sources.http import HttpJson

CHARGES = {
    "data": [{"customer": "7", "amount": 100, "paid": {"at": "2026-01-31"}}, {"customer": "7", "amount": 200}]
}


class Api(BaseHTTPRequestHandler):
    """Answers well at /good and badly everywhere else."""

    seen: list[tuple[str, str, str]] = []

    def do_GET(self):
        type(self).seen.append((self.command, self.path, self.headers.get("Authorization", "")))
        getattr(self, "answer_" + self.path.split("/")[1].split("?")[0], self.answer_good)()

    def send(self, status, body, kind="application/json", **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_good(self):
        self.send(200, json.dumps(CHARGES).encode())

    def answer_paged(self):
        """Seven rows, three to a page, in the way that the path names."""
        url = urlsplit(self.path)
        asked = {key: int(values[0]) for key, values in parse_qs(url.query).items()}
        after = max(asked.get("after", 0), asked.get("starting_after", 0), 3 * (asked.get("page", 1) - 1))
        rows = [{"id": i} for i in range(after + 1, min(after + 4, 8))]
        last = after + 3
        more = last < 7
        body = {"data": rows, "more": more, "cursor": str(last) if more else None}
        address = f"{url.path}?after={last}"
        link = {"Link": f'<{address}>; rel="next"'} if more and "linked" in url.path else {}
        self.send(200, json.dumps(body | {"next": address if more else None}).encode(), **link)

    def answer_circle(self):
        self.send(200, b'{"next": "/circle"}')

    def answer_away(self):
        self.send(200, b'{"next": "https://other.example/x"}')

    def answer_404(self):
        self.send(404, b"{}")

    def answer_html(self):
        self.send(200, b"<h1>hello</h1>", "text/html")

    def answer_broken(self):
        self.send(200, b'{"data": [')

    def answer_500(self):
        self.send(500, b"secret stack trace")

    def answer_503(self):
        self.send(503, b"{}")

    def answer_redirect(self):
        self.send(302, b"", Location="http://other.example/")

    def answer_huge(self):
        self.send(200, b"[" + b"1," * 600_000 + b"1]")

    def answer_rows(self):
        self.send(200, b'{"data": [1, 2]}')

    def answer_slow(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            for _ in range(40):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    def log_message(self, *_):
        pass


@pytest.fixture
def api():
    Api.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def ask(api, path, *, timeout=1.0, limit=10, rows="data", **settings):
    engine = HttpJson(Source("billing", "http", base_url=api, max_bytes=1_000_000, **settings), "")
    try:
        return engine.rows(
            Question("billing", path=path, rows=rows), Params("a/b", "acme"), timeout=timeout, limit=limit
        )
    finally:
        engine.close()


def test_rows_are_found_under_their_path_and_capped(api):
    assert len(ask(api, "/good/{slug}").rows) == 2
    found = ask(api, "/good/{slug}", limit=1)
    assert (len(found.rows), found.truncated) == (1, True)


def test_only_get_is_sent_with_the_token_of_the_environment_and_the_tenant_quoted(api, monkeypatch):
    monkeypatch.setenv("BILLING_TOKEN", "token-1")
    ask(api, "/good/{slug}?customer={tenant}", token_env="BILLING_TOKEN")
    assert Api.seen == [("GET", "/good/acme?customer=a%2Fb", "Bearer token-1")]


@pytest.mark.parametrize(
    "name", [".", "..", "", "a/b", "/", "..\\..", "../other", "a\nb", "%2e%2e", "a?b#c", "%2F..%2F", "é;v=1"]
)
@pytest.mark.parametrize("path", ["/good/{slug}/charges", "/good/{tenant}/charges", "/good/x/{slug}"])
def test_a_tenants_name_never_changes_the_path(api, path, name):
    engine = HttpJson(Source("billing", "http", base_url=api), "")
    with suppress(QueryFailed):
        engine.rows(Question("billing", path=path, rows="data"), Params(name, name), timeout=1, limit=5)
    engine.close()
    expected = path.replace("{slug}", quote(name, safe="")).replace("{tenant}", quote(name, safe=""))
    assert [p for _, p, _ in Api.seen] in ([], [expected])
    if name in (".", "..", "") or "/" in name or "\\" in name:
        assert not Api.seen


BY_PAGE = {
    "named": Paging("next"),
    "cursor": Paging("cursor", "after"),
    "stripe": Paging("more", "starting_after", "id"),
    "counted": Paging(parameter="page", counts=True),
    "linked": Paging(),
}


@pytest.mark.parametrize("way", BY_PAGE)
def test_pages_are_read_to_the_last_one_and_no_further_than_needed(api, way):
    question = Question("billing", path=f"/paged/{way}", rows="data", paging=BY_PAGE[way])
    engine = HttpJson(Source("billing", "http", base_url=api), "")
    pages = list(engine.pages(question, timeout=2, size=2_000))
    assert [row["id"] for page in pages for row in page] == list(range(1, 8))
    Api.seen = []
    found = engine.rows(question, Params("7", "acme"), timeout=2, limit=2)
    engine.close()
    assert (len(found.rows), found.truncated, len(Api.seen)) == (2, True, 1)


@pytest.mark.parametrize(
    ("way", "words"), [("circle", "has no last page"), ("away", "may not be asked at another host")]
)
def test_a_next_page_that_leads_nowhere_is_refused(api, way, words):
    engine = HttpJson(Source("billing", "http", base_url=api), "")
    with pytest.raises(QueryFailed, match=words):
        list(engine.pages(Question("billing", path=f"/{way}", paging=Paging("next")), timeout=2, size=10))
    engine.close()


def test_an_api_that_knows_no_such_customer_may_mean_that_there_is_nothing(api):
    with pytest.raises(QueryFailed, match="has nothing at this address"):
        ask(api, "/404")
    engine = HttpJson(Source("billing", "http", base_url=api), "")
    asked = Question("billing", path="/404", empty_on_404=True)
    assert engine.rows(asked, Params("7", "acme"), timeout=1, limit=5).rows == ()
    engine.close()


def test_an_apis_own_names_become_the_columns_of_a_section(api):
    engine = HttpJson(Source("billing", "http", base_url=api), "")
    asked = Question(
        "billing", path="/good", rows="data", columns=(("at", "paid.at"),), fixed=(("what", "Payment"),)
    )
    row = engine.rows(asked, Params("7", "acme"), timeout=1, limit=1).rows[0]
    engine.close()
    assert row == {**CHARGES["data"][0], "at": "2026-01-31", "what": "Payment"}


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/html", QueryFailed, "did not answer with JSON"),
        ("/broken", QueryFailed, "did not answer with valid JSON"),
        ("/500", QueryFailed, "answered with an error"),
        ("/503", Unreachable, "an error of its own"),
        ("/redirect", QueryFailed, "which it does not follow"),
        ("/huge", TooLarge, "larger than 1 MB"),
        ("/rows", QueryFailed, "did not answer with rows"),
        ("/slow", TimedOut, "did not answer within 0.3 seconds"),
    ],
)
def test_what_goes_wrong_is_one_plain_sentence(api, path, kind, words):
    started = time.monotonic()
    with pytest.raises(kind, match=words) as caught:
        ask(api, path, timeout=0.3)
    assert "secret" not in str(caught.value)
    assert time.monotonic() - started < 1


def test_a_passing_error_is_tried_once_more(api):
    with pytest.raises(Unreachable):
        ask(api, "/503")
    assert len(Api.seen) == 2


def test_nothing_listens_there():
    with pytest.raises(Unreachable, match="cannot be reached"):
        ask("http://127.0.0.1:1", "/good")


@pytest.mark.parametrize("path", ["@other.example/", "//other.example/x", "/../../x"])
def test_no_path_leads_to_another_host(api, path):
    with suppress(SourceError):
        ask(api, path)
    assert all(p.startswith("/") for _, p, _ in Api.seen)

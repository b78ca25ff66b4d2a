import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tenants.language.shapes import Question, Source
from tenants.sources.base import Params, QueryFailed, SourceError, TimedOut, TooLarge, Unreachable
from tenants.sources.http import HttpJson

CHARGES = {"data": [{"customer": "7", "amount": 100}, {"customer": "7", "amount": 200}]}


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
    assert len(ask(api, "/good/{tenant}").rows) == 2
    found = ask(api, "/good/{tenant}", limit=1)
    assert (len(found.rows), found.truncated) == (1, True)


def test_only_get_is_sent_with_the_token_of_the_environment_and_the_tenant_quoted(api, monkeypatch):
    monkeypatch.setenv("BILLING_TOKEN", "token-1")
    ask(api, "/good/{tenant}/{slug}", token_env="BILLING_TOKEN")
    assert Api.seen == [("GET", "/good/a%2Fb/acme", "Bearer token-1")]


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

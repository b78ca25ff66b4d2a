"""The banner alone: bodies and headers as a product may send them, and what must never happen to them."""

import asyncio
import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from impersonation.product.banner import MISSED, Banner, BannerMiddleware, order_problems
from tests.product.world import MARK

START = b"<!doctype html><html><head><title>Invoices</title></head>"
PAGE = START + b"<body class='a'><p>Hello</p></body></html>"
BANNER = Banner(
    session_id="5f0c",
    agent="Agent <b>",
    tenant="Größe & Co",
    subject="Admin",
    ticket="HD-1",
    approver="Approver",
    may=("Retry an import",),
    ends_at=datetime.now(UTC) + timedelta(minutes=12),
    exit_url="/exit/",
    csrf_token="token",
    page_url="https://console.example/sessions/5f0c/",
)


class Always(BannerMiddleware):
    """A session that is always live, and what was counted in it."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.causes: list[str] = []

    def might_be_live(self, request: Any) -> bool:
        return True

    def banner_of(self, request: Any) -> Banner | None:
        return BANNER

    def counted(self, request: Any, cause: str) -> None:
        self.causes.append(cause)


def through(response: Any, method: str = "GET", **headers: str) -> tuple[Any, list[str]]:
    middleware = Always(lambda _request: response)
    answer = middleware(RequestFactory().generic(method, "/", headers=headers))
    if answer.streaming:
        whole = HttpResponse(b"".join(answer.streaming_content), status=answer.status_code)
        whole.headers = answer.headers
        answer = whole
    return answer, middleware.causes


def before(content: bytes) -> bytes:
    """What stands before the banner."""
    return content.partition(b"<support-session ")[0]


@pytest.mark.parametrize(
    ("body", "stands_after"),
    [
        (PAGE, b"<body class='a'>"),
        (START + b"<body data-x='a>b' onload=\"y>z\">Hello", b'onload="y>z">'),
        (START + b"<!-- <body> --><script>var a = '<body>';</script><BODY\n>x", b"<BODY\n>"),
        (START + b"<body><script>var a = '</body><body>';</script>", b"<body>"),
        (b"<html><head><custom-thing></custom-thing></head><!-- <body> --><body>x", b"<body>"),
        (b"<!doctype html><title>t</title><p>no body tag", b"</title>"),
        (b"<p>no page at all, but what the browser shows", b""),
        (START + b"<body>\xff\xfe\x80 not UTF-8</body>", b"<body>"),
    ],
)
def test_it_stands_once_right_after_the_body_that_a_browser_sees(body: bytes, stands_after: bytes) -> None:
    answer, causes = through(HttpResponse(body))
    assert answer.content.count(MARK.encode()) == 1
    assert before(answer.content).endswith(stands_after)
    assert answer.content.endswith(body[-1:])
    assert causes == ["shown"]


@pytest.mark.parametrize(
    "charset", ["utf-8", "iso-8859-1", "shift_jis", "utf-16", "utf-16-le", "no-such-charset"]
)
def test_any_charset(charset: str) -> None:
    text = START.decode() + "<body>Grüße</body>"
    known = charset if charset not in {"no-such-charset", "shift_jis"} else "ascii"
    response = HttpResponse(text.encode(known, "replace"), content_type=f"text/html; charset={charset}")
    answer, causes = through(response)
    assert causes == ["shown"]
    shown = answer["Content-Type"].partition("charset=")[2]
    read = answer.content.decode(shown if charset not in {"no-such-charset", "shift_jis"} else "ascii")
    assert "&#246;" in read
    assert "Agent &lt;b&gt;" in read
    assert "Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}" in read or known == "ascii"


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_packed_page_is_opened(streamed: bool, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(PAGE)
    pieces = [packed[at : at + 7] for at in range(0, len(packed), 7)]
    response = StreamingHttpResponse(iter(pieces)) if streamed else HttpResponse(packed)
    response["Content-Encoding"], response["Content-Length"], response["ETag"] = encoding, "9", '"x"'
    answer, causes = through(response)
    assert answer.content.count(MARK.encode()) == 1
    assert not {"Content-Encoding", "ETag"} & set(answer.headers)
    assert answer.headers.get("Content-Length", str(len(answer.content))) == str(len(answer.content))
    assert causes == ["shown"]


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
def test_what_cannot_be_opened_stays_as_it_is_and_flags_the_session(encoding: str) -> None:
    response = HttpResponse(b"\x00 not what it says", headers={"Content-Encoding": encoding})
    answer, causes = through(response)
    assert (answer.status_code, answer.content) == (200, b"\x00 not what it says")
    assert set(causes) <= MISSED
    assert causes


def test_the_product_is_asked_for_nothing_that_cannot_be_opened() -> None:
    seen: dict[str, Any] = {}
    middleware = Always(lambda request: seen.update(request.META) or HttpResponse(PAGE))
    headers = {"Accept-Encoding": "gzip, zstd;q=0.9", "If-None-Match": '"x"', "Range": "bytes=0-9"}
    request = RequestFactory().get("/", headers=headers)
    middleware(request)
    assert seen["HTTP_ACCEPT_ENCODING"] == "gzip"
    assert not {"HTTP_IF_NONE_MATCH", "HTTP_RANGE"} & set(seen)
    assert request.META["HTTP_ACCEPT_ENCODING"] == "gzip, zstd;q=0.9"


@pytest.mark.parametrize("size", [1, 5, 4000])
def test_a_stream_is_held_back_only_until_the_place_is_known(size: int) -> None:
    page = START + b"<!-- <body> --><body><p>first</p>" + b"x" * 50
    given: list[int] = []

    def pieces() -> Any:
        for at in range(0, len(page), size):
            given.append(at)
            yield page[at : at + size]

    middleware = Always(lambda _request: StreamingHttpResponse(pieces()))
    answer = middleware(RequestFactory().get("/"))
    first = next(piece for piece in answer.streaming_content if piece)
    assert MARK.encode() in first
    assert given[-1] <= page.index(b"<p>")
    rest = b"".join(answer.streaming_content)
    assert (first + rest).count(MARK.encode()) == 1
    assert middleware.causes == ["shown"]


def test_an_asynchronous_stream() -> None:
    async def pieces() -> Any:
        for at in range(0, len(PAGE), 9):
            yield PAGE[at : at + 9]

    async def view(_request: Any) -> Any:
        return StreamingHttpResponse(pieces())

    async def story() -> tuple[bytes, list[str]]:
        middleware = Always(view)
        answer = await middleware(RequestFactory().get("/"))
        content = b"".join([piece async for piece in answer.streaming_content])
        return content, middleware.causes

    with ThreadPoolExecutor(1) as elsewhere:  # the browser's tests may keep a loop in this thread
        content, causes = elsewhere.submit(asyncio.run, story()).result()
    assert content.count(MARK.encode()) == 1
    assert causes == ["shown"]


@pytest.mark.parametrize(
    ("response", "headers", "cause"),
    [
        (HttpResponse("<tr></tr>"), {"HX-Request": "true"}, "fragment"),
        (HttpResponse("<tr></tr>"), {"Sec-Fetch-Dest": "empty"}, "fragment"),
        (HttpResponse("{}", content_type="application/json"), {}, "not html"),
        (HttpResponse(PAGE, headers={"Content-Disposition": "attachment"}), {}, "download"),
        (HttpResponse(status=302, headers={"Location": "/"}), {}, "redirect"),
        (HttpResponse(status=304), {}, "not modified"),
        (HttpResponse(status=204), {}, "no body"),
        (HttpResponse(PAGE[:9], status=206), {}, "partial"),
    ],
)
def test_what_is_no_page_is_left_alone_and_counted(
    response: Any, headers: dict[str, str], cause: str
) -> None:
    content = response.content
    answer, causes = through(response, **headers)
    assert (answer.content, causes) == (content, [cause])
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Support-Session"].startswith("active; id=5f0c; exp=")


def test_a_whole_page_that_a_script_asked_for_has_it_too() -> None:
    answer, causes = through(HttpResponse(PAGE), **{"HX-Request": "true", "HX-Boosted": "true"})
    assert MARK.encode() in answer.content
    assert causes == ["shown"]


def test_a_policy_with_a_nonce_lets_the_files_of_the_banner_in() -> None:
    policy = "default-src 'none'; script-src 'nonce-abc123' 'strict-dynamic'; style-src 'nonce-abc123'"
    answer, _ = through(
        HttpResponse(PAGE, headers={"Content-Security-Policy": policy, "X-Frame-Options": "DENY"})
    )
    assert answer.content.count(b'nonce="abc123"') == 2
    assert answer["Content-Security-Policy"] == f"{policy}, frame-ancestors 'self'"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("broken", ["banner_of", "counted"])
def test_a_fault_in_it_never_costs_the_page(broken: str, caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: Any) -> None:
        raise ValueError(broken)

    middleware = type("Broken", (Always,), {broken: fails})(lambda _request: HttpResponse(PAGE))
    answer = middleware(RequestFactory().get("/"))
    assert answer.status_code == 200
    assert b"Hello" in answer.content
    assert "support session" in caplog.text


def test_title_icon_and_a_page_inside_a_page() -> None:
    answer, _ = through(HttpResponse(PAGE), **{"Sec-Fetch-Dest": "iframe"})
    assert b"<title>Support session: Invoices</title>" in answer.content
    assert b'rel="icon" href="/static/support_session/icon.svg"' in answer.content
    assert b'data-framed=""' in answer.content


def test_a_wrong_order_of_middleware_is_refused() -> None:
    conditional, banner = "django.middleware.http.ConditionalGetMiddleware", "x.Banner"
    assert order_problems([banner, conditional], banner) == []
    assert [problem.id for problem in order_problems([conditional, banner], banner)] == [
        "support_session.E002"
    ]
    assert [problem.id for problem in order_problems([conditional], banner)] == ["support_session.E001"]

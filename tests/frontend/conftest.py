"""The gallery in a real Chromium, answered from files: no server, no database, the console's own content security policy."""

import mimetypes
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import browser_type_launch_args  # noqa: F401  (a fixture)
from tests.frontend import gallery

ORIGIN = "https://console.example"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
AXE = (gallery.ROOT / "tests/vendor/axe.min.js").read_text(encoding="utf-8")

Shown = Callable[..., Page]


def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(ORIGIN).split("?")[0]
    if path.startswith("/static/"):
        file = gallery.ROOT / path[1:]
        kind = mimetypes.guess_type(file.name)[0] or "text/plain"
        route.fulfill(body=file.read_bytes(), content_type=kind)
    else:
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)


@pytest.fixture
def shown(browser: Browser) -> Any:
    """Opens one template of the gallery and returns the page; anything said on the console fails the test at its end."""
    said: list[str] = []
    contexts = []

    def open_page(
        template: str = "gallery.html",
        *,
        width: int = 1280,
        scheme: Any = "light",
        variables: Any = None,
        **more: Any,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        html = gallery.page(template, **(variables or {}))
        page.route("**/*", lambda route: _answer(route, html))
        page.goto(f"{ORIGIN}/gallery/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def axe_mistakes(page: Page) -> list[str]:
    """Returns what axe finds, one line each: the rule and the element."""
    page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{found['id']}: {node['html'][:160]}" for found in result["violations"] for node in found["nodes"]
    ]

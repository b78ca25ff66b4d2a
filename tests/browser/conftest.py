"""A real Chromium on real processes. Each page is watched for content security policy violations and console errors."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import engines
from tests.conftest import PASSWORD, clone, run
from tests.processes import Console, running
from tools import run_tests

CHROMIUM = next(filter(None, map(shutil.which, run_tests.CHROMIUM)), None)
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
PATIENCE = 60_000  # milliseconds; an answer comes as soon as it can, a busy machine only takes longer
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "1"  # Playwright keeps a loop in this thread; the ORM is not used across it
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip(
            "BROWSER TESTS LEFT OUT: there is no Debian chromium on this machine (apt-get install chromium)"
        )
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {"executable_path": CHROMIUM, "args": [*quiet, "--disable-quic", "--no-first-run"]}


@pytest.fixture(scope="package")
def console(django_db_setup: None) -> Iterator[Console]:
    """The whole console on one database with the demo's week in it.

    It ends with the browser's tests: its worker's transactions would hold back the sealing of other tests on the same engine.
    """
    name = clone("console_browser")
    run("manage.py", "bootstrap", database=name, owner=True)
    with running(name, queue=2) as processes:
        yield processes


@pytest.fixture
def owner_sql(console: Console) -> Any:
    """Run SQL on the browser's database as the owner of its tables."""

    def execute(sql: str, *values: object) -> list[Any]:
        with psycopg.connect(engines.urls(console.database).owner, autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    return execute


class Desk:
    """One person at one browser window, who notices what must not happen; `axe` off leaves that to the same pages elsewhere."""

    def __init__(self, page: Any, url: str, *, axe: bool = True) -> None:
        self.page, self.url, self.axe = page, url, axe
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        expected = "Failed to load resource: the server responded with a status of 4"  # a refusal is an answer, not a fault
        if message.type == "error" and expected not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, username: str) -> None:
        self.open("/sign-in/")
        self.page.get_by_label("Name").or_(self.page.locator("input[name=username]")).first.fill(username)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit], form[action*=sign-in] button").first.click()
        self.page.wait_for_url(f"{self.url}/")

    def check(self, *, dark: bool = True) -> None:
        """No axe violation in light or dark, nothing wider than the window, no complaint of the browser."""
        if self.axe:
            self._see(dark)
        wide = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"too wide: {self.page.url}"
        assert self.complaints == [], self.page.url

    def _see(self, dark: bool) -> None:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        told = self._axe("{resultTypes: ['violations']}")
        if dark:
            self.page.emulate_media(color_scheme="dark")
            told += self._axe("{runOnly: ['color-contrast'], resultTypes: ['violations']}")
            self.page.emulate_media(color_scheme="light")
        assert told == [], self.page.url

    def _axe(self, options: str) -> list[str]:
        found = self.page.evaluate(f"axe.run(document, {options})")
        return [
            f"{v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes'][:3]]}"
            for v in found["violations"]
        ]


@pytest.fixture(params=sorted(WIDTHS))
def desk(request: Any, browser: Any, console: Console) -> Iterator[Any]:
    """Open browser windows of one width; each call is a person with cookies of their own."""
    width, height = WIDTHS[request.param]
    contexts = []

    def sit_down(username: str = "", *, axe: bool = True, **options: Any) -> Desk:
        options.setdefault("viewport", {"width": width, "height": height})
        context = browser.new_context(color_scheme="light", reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        person = Desk(context.new_page(), console.url, axe=axe)
        if username:
            person.sign_in(username)
        return person

    yield sit_down
    for context in contexts:
        context.close()

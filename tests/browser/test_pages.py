"""Every page that each of the demo's people can reach by links, in both widths, and the work that needs no mouse."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import APIResponse, Locator, Response, expect

from tests.browser.conftest import Desk
from tests.browser.test_story import REASON, SLUG, SitDown, heading
from tests.matrix.table import ROLES, rows

NO_PAGES = (
    ".well-known/",
    "api/",
    "c/",
    "admin/",
    "find/",
    "attention/",
    "healthz",
    "readyz",
    "metrics",
    "sign-in/",
)
FILES = (
    "audit/events/<uuid:event_id>/proof/",
    "audit/checkpoints/latest.txt",
    "policy/matrix.csv",
    "reviews/access/<uuid:campaign_id>/result/",
)  # offered to keep, not to read
OF_EACH = ("", "policy/")  # differ from person to person
SAMPLES = 1  # pages of one kind that are opened and checked; the next ones look the same
MANY = {
    "cases/<uuid:case_id>/": 12
}  # opened for their links, beyond the samples: not every case has been given access


HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
Answer = Response | APIResponse | None

LOOKED_AT: set[tuple[int, str]] = set()
"""The kinds of pages, by width of the window, that somebody's walk has checked already; width 0 stands for their colours."""


def kind_of(path: str) -> str:
    """The page's kind: its route, and for a panel of a tenant which one."""
    match = resolve(path)
    panel = match.kwargs.get("key", "") if match.route.startswith("tenants/") else ""
    return f"{match.route} {panel}".strip()


def links(url: str, page: str) -> list[str]:
    """The paths of the console that a page's HTML links to."""
    found = (urlsplit(urljoin(url, unescape(link))) for link in HREF.findall(page))
    return [
        link.path + (f"?{link.query}" if link.query else "")
        for link in found
        if link.scheme == "http" and link.netloc == urlsplit(url).netloc
    ]


def walk(desk: Desk) -> set[str]:
    """Follow links from the home page, check each kind of page once, and return the kinds that were seen."""
    seen: dict[str, int] = {}
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        try:
            kind = kind_of(path.split("?")[0])
        except Resolver404:
            raise AssertionError(f"a link leads nowhere: {path}") from None
        seen[kind] = seen.get(kind, 0) + 1
        if kind.startswith((*NO_PAGES, *FILES)) or seen[kind] > MANY.get(kind, SAMPLES):
            continue
        look = (desk.page.viewport_size["width"], kind)
        if seen[kind] <= SAMPLES and (kind in OF_EACH or look not in LOOKED_AT):
            answer: Answer = desk.page.goto(desk.url + path)
            desk.check(dark=(0, kind) not in LOOKED_AT)  # colours are the same at every width
            LOOKED_AT.update({look, (0, kind)})
        else:  # the same page for somebody else: only what it links to differs
            answer = desk.page.request.get(desk.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answers {answer.status}"
        fresh = [link for link in links(desk.url + path, answer.text()) if link not in known]
        known.update(fresh)
        waiting += fresh
    return {kind.split(" ")[0] for kind in seen}


# Each kind of work once, at the window it is done in; the rest of a person's pages are the same pages.
WALKS = [
    ("desk", "agent"),
    ("phone", "approver"),
    ("desk", "compliance"),
    ("desk", "success"),
    ("desk", "admin"),
]


@pytest.mark.parametrize(("desk", "role"), WALKS, indirect=["desk"])
def test_every_page_that_one_can_reach_is_in_order(desk: SitDown, role: str) -> None:
    """No link is dead, and no page that the table of permissions opens to this person is without a link to it."""
    reached = walk(desk(role))
    open_to = {
        resolve(row.path.format_map(_Anything())).route
        for row in rows()
        if "GET" in row.methods and row.statuses[ROLES.index(role)] == 200
    }
    missing = {route for route in open_to - reached if not route.startswith(NO_PAGES)}
    assert missing <= UNLINKED.get(role, set())


FACTS = "cases/<uuid:case_id>/facts/<uuid:fact_id>/"
BOOK = {"portfolio/", "portfolio/<str:slug>/"}
UNLINKED = {
    "agent": {FACTS, *BOOK},
    "approver": {FACTS, *BOOK},
    "compliance": {
        FACTS,
        "people/tenants/<str:slug>/",
        *BOOK,
        "audit/evidence/<uuid:pack_id>/",
        "audit/events/<uuid:event_id>/values/<slug:name>/",
    },
    "finance": {FACTS, *BOOK},
    "admin": {"grants/<uuid:grant_id>/", "people/tenants/<str:slug>/"},
}
"""Not reached by links in the demo: no case of its week carries facts, no evidence was asked for and no value kept apart in it;
who can reach a tenant is asked by its short name; only the success manager has a book; an administrator ends an access that they were
told of."""


class _Anything(dict[str, str]):
    """An id is also a slug and a text, so it fits every route."""

    def __missing__(self, key: str) -> str:
        return "00000000-0000-4000-8000-000000000000"


def test_pages_before_sign_in_and_pages_of_refusal_are_in_order(desk: SitDown) -> None:
    nobody = desk()
    nobody.open("/sign-in/")
    nobody.check()
    nobody.page.locator("input[name=username]").fill("agent")
    nobody.page.locator("input[name=password]").fill("not the password")
    nobody.page.get_by_role("button", name="Sign in").click()
    expect(nobody.page.locator("main")).to_contain_text("do not belong together")
    nobody.check()
    agent = desk("agent")
    for path, says in (("/tenants/no-such-tenant/", "could not find"), ("/audit/", "not open to you")):
        agent.open(path)
        expect(heading(agent)).to_contain_text(re.compile(says))
        agent.check()


def reach(desk: Desk, wanted: Locator, most: int = 80) -> None:
    """Press Tab until an element has the focus, and see that the focus is shown."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            break
        desk.page.keyboard.press("Tab")
    expect(wanted).to_be_focused()
    style = "element => { const s = getComputedStyle(element); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
    assert wanted.evaluate(style), "the focus cannot be seen"


@pytest.mark.parametrize("desk", ["desk"], indirect=True)
def test_asking_needs_no_mouse(desk: SitDown) -> None:
    agent = desk("agent2")
    keys, page = agent.page.keyboard, agent.page
    agent.open(f"/cases/new/?ticket=HD-60001&tenant={SLUG}&scope=delivery.read")
    reach(agent, page.get_by_label("Reported issue"))
    keys.type("Mails to the accountant do not arrive.")
    reach(agent, page.get_by_role("button", name="Open the case"))
    keys.press("Enter")
    expect(heading(agent)).to_contain_text("HD-60001")
    reach(agent, page.get_by_label("See single e-mails and webhook calls"))
    keys.press("Space")
    expect(page.get_by_label("See single e-mails and webhook calls")).not_to_be_checked()
    keys.press("Space")
    reach(agent, page.get_by_label("For how many minutes"))
    keys.press("ControlOrMeta+a")
    keys.type("20")
    reach(agent, page.get_by_label("Why", exact=True))
    keys.type(REASON)
    reach(agent, page.get_by_role("button", name="Ask for access"))
    keys.press("Enter")
    page.wait_for_url(re.compile("/requests/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text(REASON)
    reach(agent, page.get_by_role("button", name="Take it back"))
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    reach(agent, page.get_by_role("dialog").get_by_role("button", name="Take it back"))
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("taken back")


@pytest.mark.parametrize("desk", ["desk"], indirect=True)
def test_shortcuts_find_search_help_and_pages(desk: SitDown) -> None:
    agent = desk("agent")
    page = agent.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("?g")
    expect(page.locator("#search")).to_have_value("?g")
    page.locator("#search").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    agent.check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{agent.url}/cases/")

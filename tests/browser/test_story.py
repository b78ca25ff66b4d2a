"""The whole story, clicked through by the people it is about, in a wide window and on a phone."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import PATIENCE, Desk
from tests.clock import end_in

expect.set_options(timeout=PATIENCE)
SLUG = "brightwater-fittings-prod-eu"
DEEPER = f"/tenants/{SLUG}/panels/import_detail/"
REASON = "The import stopped at row 431; I want to see which value of the file stopped it and who started it."
VAGUE = "Need access please, see ticket, urgent"
FILE = "See which value of a file stopped an import"
USERS = "See users, their sign-ins and the single sign-on settings"
SitDown = Callable[..., Desk]


@pytest.fixture
def width(request: pytest.FixtureRequest) -> str:
    """The name of the window's width."""
    name: str = request.node.callspec.params["desk"]
    return name


def press(desk: Desk, name: str) -> None:
    """Press a button of the page's content by its words."""
    desk.page.locator("main").get_by_role("button", name=name, exact=True).click()


def heading(desk: Desk) -> Locator:
    """The page's one heading."""
    found: Locator = desk.page.get_by_role("heading", level=1)
    return found


def look_up(agent: Desk) -> None:
    """Search the tenant, read the answer on its page, open the evidence."""
    agent.page.locator("#search").fill("brightwater")
    agent.page.locator("#search").press("Enter")
    expect(heading(agent)).to_have_text("Tenants")
    agent.check()
    agent.page.get_by_role("link", name="Brightwater Fittings", exact=True).first.click()
    agent.page.wait_for_url(re.compile("/tenants/brightwater-fittings"))
    if SLUG not in agent.page.url:
        agent.open(f"/tenants/{SLUG}/")
    expect(agent.page.get_by_label("The answer first")).to_contain_text(
        "Import 8812 stopped at row 431 of 2,000"
    )
    agent.check()
    agent.page.get_by_role("heading", name="Billing").get_by_role("link").click()
    expect(heading(agent)).to_contain_text("Billing")
    agent.check()


def open_case(agent: Desk, ticket: str) -> UUID:
    """Try the deeper panel from the ticket's link, be refused, and open a case from the way that is offered."""
    agent.open(f"{DEEPER}?ticket={ticket}")
    expect(heading(agent)).to_have_text("This is not open to you right now")
    expect(agent.page.locator("main")).to_contain_text("imports.read")
    agent.check()
    agent.page.get_by_role("link", name="Ask for access").click()
    expect(agent.page.get_by_label("Ticket")).to_have_value(ticket)
    expect(agent.page.get_by_label("Tenant", exact=True)).to_have_value(SLUG)
    agent.page.get_by_label("Reported issue").fill(
        "I uploaded our October invoices and only part of them is there."
    )
    agent.check()
    press(agent, "Open the case")
    expect(heading(agent)).to_contain_text(ticket)
    expect(agent.page.get_by_label(FILE)).to_be_checked()
    agent.check()
    return UUID(agent.page.url.split("/cases/")[1].split("/")[0])


def ask(agent: Desk) -> None:
    """Ask with words that say nothing, read why that will not do, and ask well."""
    agent.page.get_by_label(USERS).check()
    agent.page.get_by_label("For how many minutes").fill("45")
    agent.page.get_by_label("Why", exact=True).fill(VAGUE)
    with agent.page.expect_response(re.compile("/requests/$")) as answered:
        press(agent, "Ask for access")
    assert answered.value.status == 422
    expect(agent.page.locator("#id_reason_error")).to_contain_text("This does not say what failed")
    expect(agent.page.locator("#id_reason_error")).to_contain_text("For example")
    expect(agent.page.get_by_label("Why", exact=True)).to_have_value(VAGUE)
    expect(agent.page.get_by_label("For how many minutes")).to_have_value("45")
    expect(agent.page.get_by_label(FILE)).to_be_checked()
    expect(agent.page.get_by_label(USERS)).to_be_checked()
    agent.check()
    agent.page.get_by_label("Why", exact=True).fill(REASON)
    press(agent, "Ask for access")
    agent.page.wait_for_url(re.compile("/requests/[0-9a-f-]{36}/$"))
    agent.check()


def decide(approver: Desk, ticket: str) -> None:
    """Find the request in the queue, leave one thing out, shorten the rest, approve."""
    approver.open("/requests/")
    approver.check()
    row = approver.page.get_by_role("listitem").filter(has_text=ticket)
    row.get_by_role("link").first.click()
    expect(approver.page.locator("main")).to_contain_text(REASON)
    approver.check()
    approver.page.get_by_label(USERS).uncheck()
    approver.page.get_by_label("Minutes").fill("15")
    approver.page.get_by_label("Comment").fill("The file is enough to answer this.")
    press(approver, "Approve")
    expect(approver.page.locator("main")).to_contain_text("Approved")
    expect(approver.page.get_by_role("button", name="Approve")).to_have_count(0)
    approver.check()


def look_deeper(agent: Desk, ticket: str, case_id: UUID) -> UUID:
    """Open what was refused before; what the approver left out stays closed; the time left counts down."""
    agent.open(f"{DEEPER}?ticket={ticket}")
    expect(heading(agent)).to_contain_text("Import files")
    expect(agent.page.get_by_role("link", name="a grant")).to_be_visible()
    agent.check()
    agent.open(f"/tenants/{SLUG}/panels/people/?ticket={ticket}")
    expect(heading(agent)).to_have_text("This is not open to you right now")
    agent.open(f"/cases/{case_id}/")
    expect(agent.page.locator("main [data-countdown-words]").first).to_contain_text("left")
    agent.check()
    agent.open(f"{DEEPER}?ticket={ticket}")
    agent.page.get_by_role("link", name="a grant").click()
    expect(agent.page.locator("[data-countdown-words]").first).to_have_text(re.compile(r"^1[45]:\d\d left$"))
    agent.check()
    return UUID(agent.page.url.split("/grants/")[1].strip("/"))


def read_the_story(reviewer: Desk, ticket: str, grant_id: UUID, end: str) -> None:
    """Find everything by its ticket, in order, and open one event."""
    reviewer.open(f"/audit/?ticket={ticket}")
    told = reviewer.page.locator("main .items__title").all_inner_texts()
    story = "\n".join(reversed(told))
    parts = (
        "refused", "Agent opened a case", "Agent asked for", "Approver approved", "Agent opened Import files", end,
    )  # fmt: skip
    places = [story.lower().find(part.lower()) for part in parts]
    assert -1 not in places, story
    assert places == sorted(places), story
    reviewer.check()
    reviewer.page.get_by_role("link", name=re.compile("Agent opened Import files")).first.click()
    expect(reviewer.page.locator("main")).to_contain_text(ticket)
    reviewer.check()
    reviewer.open(f"/grants/{grant_id}/")
    reviewer.check()


def test_from_a_ticket_to_an_end_that_somebody_can_prove(desk: SitDown, console: Any, width: str) -> None:
    """On the wide screen the agent gives the access back, on the phone its time runs out.

    axe looks at the agent's pages on the phone; test_pages looks at the other kinds.
    """
    ticket, axe = {"desk": ("HD-48223", False), "phone": ("HD-48224", True)}[width]
    agent = desk("agent", axe=axe)
    agent.check()
    look_up(agent)
    case_id = open_case(agent, ticket)
    ask(agent)
    decide(desk("approver", axe=False, viewport={"width": 390, "height": 844}), ticket)
    grant_id = look_deeper(agent, ticket, case_id)
    if width == "desk":
        press(agent, "I am done")
        expect(agent.page.locator("main")).to_contain_text("The access has ended")
        agent.check()
    else:
        end_in(console.database, grant_id, 4)
        agent.page.reload()
        expect(agent.page.locator("[data-countdown-words]").first).to_have_text("Ended")
    agent.open(f"{DEEPER}?ticket={ticket}")
    expect(heading(agent)).to_have_text("This is not open to you right now")
    agent.check()
    end = "given back" if width == "desk" else "its time was over"
    read_the_story(desk("compliance", axe=False), ticket, grant_id, end)

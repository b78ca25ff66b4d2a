"""A reviewer at a log of a hundred thousand events, by keyboard and on paper; and the reviewer's pages on a phone."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import expect

from tests import engines
from tests.browser.conftest import PATIENCE
from tests.browser.test_story import SitDown, heading
from tests.conftest import clone
from tests.processes import Console, running

expect.set_options(timeout=PATIENCE)
MANY = """
    DROP INDEX audit_event_words;
    INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_id, actor_label, tenant_id, tenant_label, ticket,
                             surface, authority, outcome, http_request_id)
    SELECT gen_random_uuid(), now() - i * interval '5 minutes', (ARRAY['panel.opened', 'case.opened', 'grant.ended'])[1 + i % 3], 1,
           'Agent ' || i % 40 || ' looked at Billing of Tenant ' || i % 700 || ' under ticket HD-' || 900000 + i / 4, 'person',
           'agent-' || i % 40, 'Agent ' || i % 40, 'tenant-' || i % 700, 'Tenant ' || i % 700, 'HD-' || 900000 + i / 4, 'web', 'role',
           CASE WHEN i % 500 = 0 THEN 'refused' ELSE 'ok' END, 'request-' || i / 2
    FROM generate_series(1, 100000) AS i;
    CREATE INDEX audit_event_words ON audit_event USING gin (sentence gin_trgm_ops);
    ANALYZE audit_event;"""


@pytest.fixture(scope="module")
def console(django_db_setup: None) -> Iterator[Console]:
    """Only the pages, on a database of their own: nobody seals what was generated, for that is measured elsewhere."""
    name = clone("console_large_log")
    with psycopg.connect(engines.urls(name).owner) as owner:
        owner.execute(
            "SELECT audit_make_partition((now() - make_interval(months => n))::date) FROM generate_series(0, 12) n"
        )
        owner.execute(MANY)
    with running(name, worker=False, queue=3) as processes:
        yield processes


@pytest.mark.parametrize("desk", ["desk"], indirect=True)
def test_a_hundred_thousand_events_are_searched_by_keyboard_and_printed(desk: SitDown) -> None:
    reviewer = desk("compliance")
    page, keys = reviewer.page, reviewer.page.keyboard
    titles = page.locator("main .items__title")
    reviewer.open("/audit/")
    expect(page.locator("main")).to_contain_text(re.compile(r"About (9\d|1[01]\d),000 events"))
    reviewer.check()
    first = titles.all_inner_texts()
    page.get_by_role("link", name="Older").focus()
    keys.press("Enter")
    page.wait_for_url(re.compile("cursor="))
    assert not set(titles.all_inner_texts()) & set(first)

    page.locator("main input[name=ticket]").first.focus()
    keys.type("HD-910001")
    keys.press("Enter")
    page.wait_for_url(re.compile("ticket=HD-910001"))
    expect(titles).to_have_count(4)
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Ticket: HD-910001")
    expect(page.locator("main")).to_contain_text("2 events of one request")
    when = page.locator("main .items time").first
    assert "UTC" in f"{when.get_attribute('title')}{when.get_attribute('aria-label')}{when.inner_text()}"
    page.emulate_media(media="print")
    expect(page.get_by_role("search", name="Search the log")).to_be_hidden()
    expect(page.get_by_text(re.compile("^Printed .* UTC by Compliance reviewer"))).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name=re.compile("Read it as a story")).focus()
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("under ticket HD-910001")
    reviewer.check()

    reviewer.open("/audit/?type=case.opened&outcome=refused")
    page.get_by_role("link", name="Count them exactly").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="67 events")).to_be_visible()
    reviewer.open("/audit/?q=nobody+ever+wrote+this")
    expect(page.locator("main")).to_contain_text("No event fits")
    reviewer.open("/audit/?ticket=HD-920002")
    titles.first.focus()
    keys.press("Enter")
    page.wait_for_url(re.compile("/audit/events/"))
    expect(page.locator("main")).to_contain_text("It waits for its seal")
    reviewer.check()


@pytest.mark.parametrize("desk", ["phone"], indirect=True)
def test_the_reviewers_pages_are_in_order_on_a_phone(desk: SitDown) -> None:
    reviewer = desk("compliance")
    page = reviewer.page
    for path in ("/audit/?ticket=HD-910001", "/audit/retention/", "/reviews/"):
        reviewer.open(path)
        reviewer.check()
    reviewer.open("/audit/evidence/?case=HD-910001")
    reviewer.check()
    page.get_by_label("What is it for?").fill("Their auditor asked who was in the account.")
    page.get_by_role("button", name=re.compile("^(Make|Ask)")).click()
    page.wait_for_url(re.compile("/audit/evidence/[0-9a-f-]{36}/$"))
    expect(heading(reviewer)).to_contain_text("HD-910001")
    reviewer.check()

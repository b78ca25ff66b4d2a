"""The explorer: filters in the address, pages that lose and double nothing, one clear sentence for what cannot be searched."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from audit import queries
from audit.actions import record, seal_all
from audit.models import Event
from audit.queries import Filters, TooWide, explorer_page
from audit.refs import ANONYMOUS, Actor, Trail
from tests.audit.writing import ACME, SOMEBODY, many, write

READER = object()


def ids(filters, cursor=""):
    return [event.id for event in explorer_page(READER, filters, cursor).rows]


def labels(**filters):
    return [event.object_label for event in explorer_page(READER, Filters(ticket="T-1", **filters)).rows]


@pytest.mark.django_db
def test_every_filter_finds_what_it_names_and_nothing_else():
    grant, session = uuid.uuid4(), uuid.uuid4()
    write("plain", ticket="T-1")
    write("on a tenant", ticket="T-1", tenant=ACME)
    write("under a grant", ticket="T-1", grant_id=grant)
    write("in a session", ticket="T-1", session_id=session)
    write("refused", ticket="T-1", outcome="refused")
    write("by another", ticket="T-1", actor=Actor("person", str(uuid.uuid4()), "Another"))
    record("log.searched", actor=SOMEBODY, trail=Trail(ticket="T-1"))
    assert labels(tenant=ACME.id) == labels(tenant="acme-prod") == ["on a tenant"]
    assert labels(grant=grant) == ["under a grant"]
    assert labels(session=session) == ["in a session"]
    assert labels(outcome="refused") == ["refused"]
    assert labels(actor="Another") == ["by another"]
    assert labels(type="log.searched") == [""]
    assert len(labels(type="log")) == len(labels(type="log.*")) == 7
    assert labels(q="UNDER A") == ["under a grant"]
    assert labels(q="no such words") == labels(type="lo") == []
    assert explorer_page(READER, Filters(ticket="t-1")).rows


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["50%", "a_b", "back\\slash", "it's", '"quoted"'])
def test_signs_that_mean_something_to_like_are_taken_as_they_are(text):
    write(f"before {text} after", ticket="T-1")
    write("before 50x a-b back/slash its quoted after", ticket="T-1")
    assert labels(q=text) == [f"before {text} after"]


@pytest.mark.django_db
def test_a_period_includes_both_ends():
    event = Event.objects.get(id=write("now", ticket="T-1"))
    at, second = event.at, timedelta(seconds=1)
    assert labels(since=at) == labels(until=at) == labels(since=at - second, until=at + second) == ["now"]
    assert labels(since=at + second) == labels(until=at - second) == []


@pytest.mark.django_db
def test_a_person_is_found_by_sign_in_name_name_and_id(people):
    agent = people("agent")
    write("by the agent", ticket="T-1", actor=agent.as_actor())
    write("by somebody", ticket="T-1")
    assert labels(actor="AGENT") == labels(actor="Agent") == labels(actor=str(agent.pk)) == ["by the agent"]


def test_a_name_that_only_the_log_knows_is_found_before_and_after_the_seal(committed, as_owner):
    gone = Actor("person", "5b1c8a44-7a2f-4e0d-8b1e-2f1d9f0a7c99", "Somebody of before")
    mine = {write("one", actor=gone), write("two", actor=gone, tenant=ACME)}
    write("another's")
    nobody = write("without an id", actor=ANONYMOUS)
    for _ in range(2):
        assert {event.id for event in explorer_page(None, Filters(actor="body of bef")).rows} == mine
        assert len(explorer_page(None, Filters(tenant="acme (acme")).rows) == 1
        assert nobody in {event.id for event in explorer_page(None, Filters(actor="not signed in")).rows}
        assert explorer_page(None, Filters(actor="nobody of this name")).rows == []
        seal_all()
    as_owner("DELETE FROM audit_name")
    assert explorer_page(None, Filters(actor="body of bef")).rows == [], "they come from the names kept"


@pytest.mark.django_db
def test_a_tenant_is_found_by_slug_name_and_id(tenant):
    write("on the tenant", ticket="T-1", tenant=tenant.as_ref())
    write("on another", ticket="T-1", tenant=ACME)
    for name in (tenant.slug, tenant.name, str(tenant.pk), tenant.external_id):
        assert labels(tenant=name) == ["on the tenant"]


def test_paging_loses_and_doubles_nothing_though_many_events_share_one_time(committed, as_owner):
    as_owner(many(230, ticket="T-2"))
    expected = list(Event.objects.filter(ticket="T-2").order_by("-at", "-id").values_list("id", flat=True))
    pages, cursor = [], ""
    while True:
        page = explorer_page(READER, Filters(ticket="T-2"), cursor)
        pages.append([event.id for event in page.rows])
        write("a newcomer", ticket="T-2")
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    assert [len(rows) for rows in pages] == [50, 50, 50, 50, 30]
    assert [key for rows in pages for key in rows] == expected
    back = explorer_page(READER, Filters(ticket="T-2"), page.previous_cursor)
    assert [event.id for event in back.rows] == pages[-2]


@pytest.mark.django_db
def test_a_cursor_that_was_tampered_with_shows_the_first_page():
    write("one", ticket="T-1")
    assert ids(Filters(ticket="T-1"), "made-up") == ids(Filters(ticket="T-1"))


@pytest.mark.django_db
def test_a_reach_narrows_what_a_reader_sees(monkeypatch):
    from django.db.models import Q

    key = write("theirs", ticket="T-1", tenant=ACME)
    write("not theirs", ticket="T-1")
    monkeypatch.setattr(queries, "audit_reach", [lambda person: None, lambda person: Q(tenant_id=ACME.id)])
    assert ids(Filters(ticket="T-1")) == [key]


@pytest.mark.django_db
def test_a_search_that_reads_too_long_is_ended_with_one_sentence():
    with pytest.raises(TooWide, match="too much of the log"), queries.read_limit(20):
        Event.objects.raw("SELECT *, pg_sleep(2) FROM audit_event LIMIT 1")[0]
    assert Event.objects.exists()


@pytest.mark.django_db
def test_the_words_are_searched_by_the_trigram_index():
    plan = Event.objects.filter(sentence__holds="opened").explain()
    assert "~~*" in plan
    assert "upper" not in plan.lower()


@pytest.fixture
def reviewer(browse_as):
    return browse_as("compliance")


@pytest.mark.django_db
def test_the_page_shows_sentences_links_outcomes_and_tenants(reviewer):
    key = write("a visible label", ticket="T-9", tenant=ACME, outcome="refused")
    page = reviewer.get("/audit/?ticket=T-9").content.decode()
    assert f'href="/audit/events/{key}/"' in page
    assert "Somebody opened an event of the log: a visible label" in page
    assert "Acme (acme-prod-eu)" in page
    assert "Production" in page
    assert re.search(r'class="chip" data-tone="notice">refused', page)
    assert "UTC" in page


@pytest.mark.django_db
def test_filters_in_use_stand_as_chips_that_take_themselves_away(reviewer):
    page = reviewer.get("/audit/", {"ticket": "T-9", "type": "log"}).content.decode()
    assert re.search(r'href="/audit/\?type=log"[^>]*>Ticket: T-9', page)
    assert re.search(r'href="/audit/\?ticket=T-9"[^>]*>Type: log', page)


@pytest.mark.django_db
def test_events_of_one_request_stand_together(reviewer):
    import structlog

    with structlog.contextvars.bound_contextvars(request_id="one-request"):
        write("first", ticket="T-9")
        write("second", ticket="T-9")
    assert "2 events of one request" in reviewer.get("/audit/?ticket=T-9").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "yesterday"}, "Write a day such as"),
        ({"until": "2026-02-31"}, "Write a day such as"),
        ({"since": "0001-01-01"}, "Write a day such as"),
        ({"until": "9999-12-31T23:59:59+00:00"}, "Write a day such as"),
        ({"grant": "12"}, "Write the whole id"),
        ({"session": "x" * 36}, "Write the whole id"),
        ({"since": "2026-11-20", "until": "2026-11-19"}, "before the start"),
        ({"outcome": "lost"}, "Select a valid choice"),
        ({"q": "x" * 201}, "at most 200 characters"),
        ({"actor": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_searched_is_told_at_the_field_and_kept_as_typed(reviewer, query, sentence, events):
    before = len(events("log.searched"))
    answer = reviewer.get("/audit/", query)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert all(value.replace("\x00", "") in page.replace("\x00", "") for value in query.values())
    assert len(events("log.searched")) == before


@pytest.mark.django_db
def test_times_are_read_as_utc_unless_they_say_otherwise():
    from audit.forms import ExplorerForm

    form = ExplorerForm({"since": "2026-11-20", "until": "2026-11-20T14:05:00+02:00"})
    assert form.is_valid()
    assert form.cleaned_data["since"] == datetime(2026, 11, 20, tzinfo=UTC)
    assert form.cleaned_data["until"] == datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
    day = ExplorerForm({"until": "2026-11-20"})
    assert day.is_valid()
    assert day.cleaned_data["until"].hour == 23


@pytest.mark.django_db
def test_a_search_is_an_event_with_the_names_of_its_filters_and_paging_is_not(reviewer, events):
    for number in range(51):
        write(str(number), ticket="T-9")
    page = reviewer.get("/audit/", {"ticket": "T-9", "q": "opened"}).content.decode()
    event = events("log.searched")[-1]
    assert event.sentence == "Compliance reviewer looked at the log, by q, ticket"
    assert "T-9" not in str(event.fields)
    count = len(events("log.searched"))
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert reviewer.get(older).status_code == 200
    assert len(events("log.searched")) == count


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["agent", "approver", "success", "finance", "admin", "outsider"])
def test_the_log_is_for_reviewers(browse_as, username):
    key = write("secret")
    client = browse_as(username)
    assert client.get("/audit/").status_code == 403
    assert client.get(f"/audit/events/{key}/").status_code == 403


@pytest.mark.django_db
def test_somebody_not_signed_in_is_sent_to_sign_in(client):
    assert client.get("/audit/").status_code == 302
    assert client.get("/audit/", headers={"accept": "application/json"}).status_code == 401


@pytest.mark.django_db
def test_the_log_is_only_read(reviewer):
    assert reviewer.post("/audit/").status_code == 405

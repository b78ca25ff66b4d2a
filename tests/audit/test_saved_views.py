"""Searches kept under a name, short cuts that move with the clock, and what stands together in a story."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from audit.forms import ExplorerForm
from audit.models import SavedView
from tests.audit.writing import ACME, write

pytestmark = pytest.mark.django_db
SEARCH = {"ticket": "T-9", "since": "-7d"}


@pytest.fixture
def reviewer(browse_as):
    return browse_as("compliance")


def keep(client, name="Last week of T-9", **fields):
    return client.post("/audit/views/", {"name": name, **SEARCH, **fields})


def test_a_search_is_kept_opened_shared_and_removed(reviewer, browse_as, events):
    assert "Keep this search" in reviewer.get("/audit/", SEARCH).content.decode()
    answer = keep(reviewer)
    assert (answer.status_code, answer.url) == (302, "/audit/?ticket=T-9&since=-7d")
    view, other = SavedView.objects.get(), browse_as("compliance2")
    page = reviewer.get(answer.url).content.decode()
    assert re.search(r'aria-current="true">Last week of T-9', page)
    assert "Show it to all reviewers" in page
    assert "Kept searches" not in other.get("/audit/").content.decode()
    assert other.post(f"/audit/views/{view.pk}/share/", {"shared": "yes"}).status_code == 404
    assert other.post(f"/audit/views/{view.pk}/remove/").status_code == 404
    reviewer.post(f"/audit/views/{view.pk}/share/", {"shared": "yes"})
    assert "Last week of T-9 (Compliance reviewer)" in other.get("/audit/").content.decode()
    reviewer.post(f"/audit/views/{view.pk}/share/")
    assert reviewer.post(f"/audit/views/{view.pk}/remove/").status_code == 302
    kinds = ("view.saved", "view.shared", "view.unshared", "view.removed")
    assert [event.type for event in events(*kinds)] == list(kinds)
    assert events("view.saved")[0].sentence == (
        "Compliance reviewer kept a search of the log as Last week of T-9, by ticket, since"
    )
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"name": " "}, {"name": "x" * 81}, {"ticket": "", "since": ""}, {"since": "soon"}, {"name": "Twice"}],
)
def test_what_cannot_be_kept_is_told(reviewer, fields):
    keep(reviewer, "Twice")
    assert keep(reviewer, **fields).status_code == 422
    assert SavedView.objects.count() == 1


def test_how_long_ago_moves_with_the_clock_and_pages_hold_on_to_it(reviewer):
    form = ExplorerForm({"since": "-2h", "until": "today"})
    assert form.is_valid()
    ago = datetime.now(UTC) - form.cleaned_data["since"]
    assert timedelta(hours=2) <= ago < timedelta(hours=2, minutes=1)
    assert form.cleaned_data["until"].date() == datetime.now(UTC).date()
    for number in range(51):
        write(str(number), ticket="T-9")
    page = reviewer.get("/audit/", SEARCH).content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "since=20" in older
    assert reviewer.get(older).content.decode().count("items__title") == 1


def test_a_story_keeps_one_session_and_one_request_together(reviewer):
    session = uuid.uuid4()
    write("before", tenant=ACME)
    with structlog.contextvars.bound_contextvars(request_id="one"):
        write("first of two", tenant=ACME, session_id=session)
        key = write("second of two", tenant=ACME, session_id=session)
    page = reviewer.get(f"/audit/story/?tenant={ACME.id}").content.decode()
    assert re.search(
        r"before.*One support session</a>, 2 events.*2 events of one request.*first of two", page, re.S
    )
    assert f"/audit/story/?session={session}" in page
    assert f"/audit/evidence/?tenant={ACME.id}" in page
    event = reviewer.get(f"/audit/events/{key}/").content.decode()
    assert "The same session" in event
    assert event.count("first of two") == 3

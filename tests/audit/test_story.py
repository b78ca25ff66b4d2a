"""One tenant's or grant's whole story on one page, and the exact count on demand."""

import re

import pytest

from audit.estimates import rounded
from audit.queries import Filters, count_exactly, story_of
from tests.audit.writing import ACME, many, write


@pytest.fixture
def reviewer(browse_as):
    return browse_as("compliance")


@pytest.mark.django_db
def test_a_story_goes_from_the_first_to_the_last_with_who_and_which_tickets(reviewer):
    for label, ticket in (("first", "HD-1"), ("second", "HD-2"), ("third", "HD-1")):
        write(label, tenant=ACME, ticket=ticket)
    page = reviewer.get(f"/audit/story/?tenant={ACME.id}").content.decode()
    assert re.search("first.*second.*third", page, re.S)
    assert "Somebody (3)" in page
    assert "HD-1, HD-2" in page


def test_a_long_story_says_that_more_follows(committed, as_owner):
    as_owner(many(510, ticket="T-L"))
    story = story_of(None, Filters(ticket="T-L"))
    assert (story.count, story.is_whole) == (500, False)
    assert count_exactly(None, Filters(ticket="T-L")) == 510


@pytest.mark.django_db
def test_an_empty_story_and_one_without_a_name(reviewer):
    assert "Nothing happened here" in reviewer.get("/audit/story/?ticket=HD-0").content.decode()
    assert reviewer.get("/audit/story/").status_code == 422
    assert reviewer.get("/audit/story/?since=bad").status_code == 422


@pytest.mark.django_db
def test_the_exact_count_is_made_on_demand(reviewer, events):
    for number in range(3):
        write(str(number), ticket="HD-3")
    page = reviewer.get("/audit/?ticket=HD-3").content.decode()
    assert "/audit/count/?ticket=HD-3" in page
    assert "/audit/story/?ticket=HD-3" in page
    assert "by the database's estimate" not in page, "they all stand there"
    for number in range(60):
        write(str(number), ticket="HD-4")
    assert re.search(
        r"About [\d,]+ events by the database", reviewer.get("/audit/?ticket=HD-4").content.decode()
    )
    assert [rounded(count) for count in (0, 7, 87, 12_345, 9_999_999)] == [0, 7, 87, 12_000, 10_000_000]
    assert "3 events</h2>" in reviewer.get("/audit/count/?ticket=HD-3").content.decode()
    assert reviewer.get("/audit/count/?since=bad").status_code == 422


@pytest.mark.django_db
def test_a_count_that_reads_too_long_is_ended_with_one_sentence(reviewer, monkeypatch):
    from audit import queries, views

    def too_long(person, filters):
        with queries.read_limit(5):
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(1)")
        return 0

    monkeypatch.setattr(views, "count_exactly", too_long)
    answer = reviewer.get("/audit/count/?ticket=HD-3")
    assert answer.status_code == 422
    assert "too much of the log" in answer.content.decode()


@pytest.mark.django_db
def test_words_are_found_beside_another_filter_too(reviewer):
    write("a rare word", ticket="HD-9")
    write("another", ticket="HD-9")
    assert count_exactly(None, Filters(ticket="HD-9", q="RARE")) == 1

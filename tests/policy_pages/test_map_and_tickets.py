"""The map of all questions, and the five real tickets."""

import pytest

pytestmark = pytest.mark.django_db


def note(client, version, panel="trial", **fields):
    typed = {"ticket": "HD-48192", "answered": "yes", "word": ""} | fields
    return client.post(f"/policy/{version}/panels/{panel}/tickets/", typed)


def test_the_map_names_every_question_with_its_source_scope_owner_and_roles(browse_as, propose, active):
    version = propose()
    page = browse_as("compliance").get("/policy/panels/").content.decode()
    assert f"/policy/{version}/panels/trial/" in page
    assert f"/policy/{active}/panels/trial/" not in page
    assert f"/policy/{active}/panels/billing/" in page
    for words in ("Who is behind this account?", "account-desk", "account.read", "Support agent", "May ask:"):
        assert words in page


def test_the_map_warns_of_one_question_with_two_sources(browse_as, propose):
    more = {
        "sources.toml": '[source.product]\nkind = "postgresql"\nurl_env = "PRODUCT_DATABASE_URL"\ntimeout_seconds = 3\n'
        '[source.copy]\nkind = "postgresql"\nurl_env = "COPY_URL"\n',
        "panels/twice.toml": _two_sources(),
    }
    propose(more=more)
    page = browse_as("admin").get("/policy/panels/").content.decode()
    assert "One question, 2 sources: product, copy." in page
    assert page.count("Another panel asks the same question.") == 2


def _two_sources():
    section = """
[[section]]
key = "from_{0}"
kind = "facts"
source = "{0}"
tenant_column = "id"
query = "select id, name from tenants where id = :tenant"
  [[section.column]]
  key = "name"
  kind = "public"
"""
    head = 'title = "Twice"\nquestion = "Who is behind  this account"\narea = "account"\nscope = "account.read"\n'
    return head + section.format("product") + section.format("copy")


def test_a_tried_ticket_is_kept_with_its_event_and_shown_on_both_pages(browse_as, propose, events):
    version, client = propose(), browse_as("admin")
    answer = note(client, version, word="The date was missing.", answered="no")
    assert answer.status_code == 302
    (event,) = events("panel.tried_on_ticket")
    assert event.sentence.endswith(
        f"tried Trial of policy {version[:12]} on ticket HD-48192: it did not answer"
    )
    assert event.ticket == "HD-48192"
    assert "date was missing" not in str(event.fields) + event.sentence
    page = client.get(f"/policy/{version}/panels/trial/").content.decode()
    assert "The date was missing." in page
    assert "not answered" in page
    assert "1 of 5" in page
    assert "1 of 5" in client.get("/policy/panels/").content.decode()


def test_of_one_ticket_the_last_word_counts(browse_as, propose):
    version, client = propose(), browse_as("admin")
    for answered in ("no", "yes"):
        note(client, version, answered=answered)
    page = client.get(f"/policy/{version}/panels/trial/").content.decode()
    assert "1 of 5" in page
    assert "not answered" not in page


@pytest.mark.parametrize(
    "fields",
    [{"ticket": ""}, {"ticket": "<b>"}, {"ticket": "a ticket"}, {"answered": "perhaps"}, {"word": "x" * 301}],
)
def test_what_cannot_be_read_is_told_and_not_kept(browse_as, propose, events, fields):
    assert note(browse_as("admin"), propose(), **fields).status_code == 422
    assert not events("panel.tried_on_ticket")


@pytest.mark.parametrize("username", ["compliance", "agent", "outsider"])
def test_only_those_who_propose_note_tickets(browse_as, propose, events, username):
    assert note(browse_as(username), propose()).status_code == 403
    assert not events("panel.tried_on_ticket")


def test_a_tried_ticket_can_be_neither_changed_nor_removed(browse_as, propose):
    from django.db import DatabaseError, connection, transaction

    note(browse_as("admin"), propose())
    for verb in ("UPDATE tenants_paneltrial SET answered = false", "DELETE FROM tenants_paneltrial"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)

import sqlite3
import time
from datetime import UTC, datetime

import pytest

from tenants.pages import section_view
from tenants.reading import read_sections
from tenants.saying import sentences
from tenants.sources.base import Params, Resting, TimedOut, Unreachable
from tenants.sources.breaker import Breaker
from tenants.sources.opening import close_all
from tests.tenants.bundles import PANEL, bundle, language

NOW = datetime(2026, 1, 31, tzinfo=UTC)
SLOW = (
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000)"
    " select max(i) as m, :tenant as tenant_id from n"
)


@pytest.fixture
def product(tmp_path):
    path = tmp_path / "product.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            create table tenant (id integer, slug text, name text);
            create table charge (id integer primary key, tenant_id integer, status text, email text, token text, hidden text);
            insert into tenant values (1, 'acme', 'Acme'), (2, 'other', 'Other');
            insert into charge (tenant_id, status, email, token, hidden) values
              (1, 'failed', 'jane@acme.example', 'sk_live_abcdefgh', 'never shown'), (1, 'paid', 'joe@acme.example', '', 'never shown'),
              (2, 'paid', 'mine@other.example', 'x', 'never shown');
            """
        )
    connection.close()
    yield str(path)
    close_all()


def read(of, **settings):
    words = language(of)
    wanted = [(panel, section) for panel in words.panels for section in panel.sections]
    return read_sections(words, wanted, Params(1, "acme"), **settings)


def panel_with(query, **more):
    text = PANEL.replace("select * from charge where tenant_id = :tenant order by id", query)
    for key, value in more.items():
        text = text.replace('kind = "table"', f'kind = "table"\n{key} = {value}')
    return text


def test_rows_of_one_tenant_are_read_with_declared_columns_only(product):
    (result,) = read(bundle(product))
    assert result.failure is None
    assert [list(row) for row in result.rows] == [["status", "email", "token"]] * 2
    assert [row["email"].value for row in result.rows] == ["j***@acme.example", "j***@acme.example"]
    assert [row["token"].value for row in result.rows] == ["set", "not set"]
    assert "never shown" not in str([row.values() for row in result.rows])


def test_a_section_that_leaks_shows_nothing(product):
    (result,) = read(bundle(product, billing=panel_with("select * from charge where :tenant = 1")))
    assert result.rows == []
    assert result.failure.code == "tenant_leak"
    assert result.failure.leaked == 1
    assert "mine@" not in result.failure.sentence


def test_a_row_that_names_no_tenant_counts_as_foreign(product):
    (result,) = read(
        bundle(
            product,
            billing=panel_with(
                "select null as tenant_id, status, email, token from charge where :tenant = 1"
            ),
        )
    )
    assert result.failure.code == "tenant_leak"


def test_a_result_without_its_tenant_column_shows_nothing(product):
    (result,) = read(
        bundle(
            product, billing=panel_with("select status, email, token from charge where tenant_id = :tenant")
        )
    )
    assert result.rows == []
    assert result.failure.code == "no_tenant_column"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select * from gone where id = :tenant", "names a table that this database does not have"),
        ("select nope from charge where tenant_id = :tenant", "names a column"),
        ("select from where :tenant", "not valid SQL"),
        (SLOW, "did not answer within 0.2 seconds"),
    ],
)
def test_what_goes_wrong_is_one_plain_sentence(product, query, words):
    started = time.monotonic()
    (result,) = read(bundle(product, billing=panel_with(query, timeout_seconds="0.2")))
    assert words in result.failure.sentence
    assert "select" not in result.failure.sentence.lower()
    assert time.monotonic() - started < 1


def test_no_statement_writes_to_a_sqlite_file(product):
    writing = "with x as (select 1) insert into tenant select 9, 'x', 'x' where 1 = :tenant"
    (result,) = read(bundle(product, billing=panel_with(writing)))
    assert result.failure is not None
    with sqlite3.connect(product) as connection:
        assert connection.execute("select count(*) from tenant").fetchone() == (2,)
    connection.close()


def test_a_section_shows_no_more_rows_than_its_limit(product):
    (result,) = read(
        bundle(product, billing=panel_with("select * from charge where tenant_id = :tenant", limit=1))
    )
    assert len(result.rows) == 1
    assert result.truncated


def test_sections_cost_the_slowest_and_a_dead_source_costs_only_its_own(product):
    slow = panel_with(SLOW, timeout_seconds="0.4").replace('key = "charges"', 'key = "slow"')
    two = slow.replace('key = "slow"', 'key = "slow_too"').partition("[[section]]")[2]
    started = time.monotonic()
    results = read(
        bundle(
            product, billing=PANEL + "[[section]]" + slow.partition("[[section]]")[2] + "[[section]]" + two
        )
    )
    assert time.monotonic() - started < 0.75
    assert [bool(r.failure) for r in results] == [False, True, True]


def test_a_file_that_is_not_there_says_so(tmp_path):
    (result,) = read(bundle(str(tmp_path / "none.db")))
    assert result.failure.code == "source_unreachable"
    (again,) = read(bundle(str(tmp_path / "none.db")))
    assert "has not answered since" in again.failure.sentence


TIMELINE = """
title = "Recent"
question = "What happened?"
area = "activity"
scope = "billing.read"
[[section]]
key = "recent"
kind = "timeline"
  [[section.stream]]
  title = "Charges"
  source = "product"
  tenant_column = "tenant_id"
  query = "select tenant_id, '2026-01-0' || id as at, status as what from charge where tenant_id = :tenant order by id desc"
  [[section.stream]]
  title = "Refunds"
  source = "product"
  tenant_column = "tenant_id"
  query = "select tenant_id, at, what from {table} where tenant_id = :tenant order by at desc"
  [[section.column]]
  key = "at"
  kind = "public"
  format = "time"
  [[section.column]]
  key = "what"
  kind = "public"
  [[section.says]]
  when = {{ empty = true }}
  say = "Nothing ever happened."
  [[section.says]]
  when = {{ empty = false }}
  say = "{{count}} things happened."
"""


def test_a_timeline_shows_the_streams_that_answered_and_names_the_one_that_did_not(product):
    (result,) = read(bundle(product, recent=TIMELINE.format(table="gone")))
    assert result.failure is None
    assert [row["what"].value for row in result.rows] == ["paid", "failed"]
    assert [f.sentence for f in result.missing] == [
        "Refunds: The query of this section names a table that this database does not have."
    ]
    assert [s.text for s in sentences(result, NOW)] == ["at least 2 things happened."]


def test_a_timeline_of_which_a_stream_is_missing_never_says_that_nothing_happened(product):
    with sqlite3.connect(product) as connection:
        connection.execute("delete from charge where tenant_id = 1")
    connection.close()
    (result,) = read(bundle(product, recent=TIMELINE.format(table="gone")))
    view = section_view(result, NOW)
    assert sentences(result, NOW) == []
    assert view.failure.startswith("Refunds: ")
    assert view.failure_code == "query_failed"


def test_a_stream_that_leaks_stops_the_whole_timeline(product):
    leaking = TIMELINE.format(table="gone").replace(
        "from charge where tenant_id = :tenant", "from charge where :tenant = 1"
    )
    (result,) = read(bundle(product, recent=leaking))
    assert (result.rows, result.failure.code) == ([], "tenant_leak")


CHART = PANEL.replace('kind = "table"', 'kind = "chart"\nchart_label = "status"\nchart_value = "status"')


def test_a_chart_is_drawn_whole_where_a_table_is_cut(product):
    words = language(bundle(product, billing=CHART))
    wanted = [(p, s) for p in words.panels for s in p.sections]
    cut, drawn = (
        read_sections(words, wanted, Params(1, "acme"), at_most=1, whole=kinds)[0]
        for kinds in (frozenset(), frozenset({"chart"}))
    )
    assert [(len(r.rows), r.truncated) for r in (cut, drawn)] == [(1, True), (2, False)]


def test_the_breaker_rests_and_then_tries_once():
    now = [0.0]
    breaker = Breaker("product", clock=lambda: now[0])
    for _ in range(3):
        breaker.check()
        breaker.failed(TimedOut("slow"))
    with pytest.raises(Resting, match="has not answered since"):
        breaker.check()
    now[0] = 16.0
    breaker.check()
    with pytest.raises(Resting):
        breaker.check()
    breaker.answered()
    breaker.check()
    assert breaker.since is None


def test_one_lost_connection_is_enough_for_the_breaker():
    breaker = Breaker("product")
    breaker.failed(Unreachable("gone"))
    with pytest.raises(Resting):
        breaker.check()


SAYS = """
  [[section.says]]
  when = { column = "status", is = ["failed"] }
  say = "The charge of {email} failed; {count} charges in all."
  tone = "bad"
  [[section.says]]
  when = { empty = true }
  say = "Nothing was ever charged."
"""


def test_the_answer_is_said_first_with_masked_values(product):
    (result,) = read(bundle(product, billing=PANEL + SAYS))
    (said,) = sentences(result, datetime.now(UTC))
    assert said.text == "The charge of j***@acme.example failed; 2 charges in all."
    assert said.tone == "bad"
    (nothing,) = read(
        bundle(product, billing=panel_with("select * from charge where tenant_id = :tenant and 1 = 0") + SAYS)
    )
    assert [s.text for s in sentences(nothing, datetime.now(UTC))] == ["Nothing was ever charged."]

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.sql import parse


def written(text, dialect="postgresql"):
    query, mistakes = parse(text, dialect)
    assert mistakes == []
    return query.for_driver()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1 where t = :tenant", "select 1 where t = %(tenant)s"),
        ("select 1 where t = :tenant::uuid", "select 1 where t = %(tenant)s::uuid"),
        ("select '%', ':slug' where t = :tenant;", "select '%%', ':slug' where t = %(tenant)s"),
        ("select \":slug\", '{}' where t=:tenant", "select \":slug\", '{}' where t=%(tenant)s"),
        (
            "select $$ :slug ; $$, $x$ $$ :slug $x$ where t = :tenant",
            "select $$ :slug ; $$, $x$ $$ :slug $x$ where t = %(tenant)s",
        ),
        ("select E'it\\'s :slug' where t = :tenant", "select E'it\\'s :slug' where t = %(tenant)s"),
        ("select a[1:2], b #>> '{x}' where t = :tenant", "select a[1:2], b #>> '{x}' where t = %(tenant)s"),
        (
            "-- :nope\nselect 1 /* :no /* :no */ ; */ where t = :tenant",
            "-- :nope\nselect 1 /* :no /* :no */ ; */ where t = %(tenant)s",
        ),
        ("select '''; drop' where t in (:tenant)", "select '''; drop' where t in (%(tenant)s)"),
    ],
)
def test_parameters_are_found_where_they_are_and_nowhere_else(text, expected):
    assert written(text) == expected


def test_mysql_and_sqlite_quote_in_their_own_way():
    assert written("select `a:slug`, \"it's :slug\", '\\':slug' # :no\nwhere t = :tenant", "mysql").endswith(
        "where t = %(tenant)s"
    )
    assert written("select [a:slug] where t = :tenant", "sqlite") == "select [a:slug] where t = :tenant"


def test_rows_are_narrowed_to_those_that_have_a_text_somewhere():
    query, _ = parse("select 7 as id, 'Ada' as name, null as role where :tenant = 't'; -- all", "sqlite")
    found = query.containing(("name", "role", "id"), "slug")
    with sqlite3.connect(":memory:") as source:
        rows = {
            text: len(source.execute(found.for_driver(), {"tenant": "t", "slug": text}).fetchall())
            for text in ("AD", "7", "%", "x")
        }
    assert rows == {"AD": 1, "7": 1, "%": 0, "x": 0}
    assert (
        "instr(lower(cast(wanted.name as char)), lower(%(slug)s)) > 0 or"
        in parse("select 1 where t = :tenant", "mysql")[0].containing(("name", "id"), "slug").for_driver()
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("select 1", "never uses :tenant"),
        ("select ':tenant'", "never uses :tenant"),
        ("select 1 where t = :tenant; select 2", "more than one statement"),
        ("delete from x where t = :tenant", "begins with 'delete'"),
        ("select 1 where t = :tenent", "no parameter is called :tenent"),
        ("select 'oops where t = :tenant", "never closed"),
        ("select 1 /* oops where t = :tenant", "never closed"),
        ("", "the query is empty"),
        (" -- nothing", "the query is empty"),
    ],
)
def test_a_query_that_must_not_load_says_why(text, what):
    _, mistakes = parse(text)
    assert any(what in m.what for m in mistakes), mistakes


def test_a_comment_that_mysql_would_run_does_not_load():
    _, mistakes = parse("select 1 /*! into outfile 'x' */ where t = :tenant", "mysql")
    assert mistakes


def test_a_mistake_knows_its_line():
    _, mistakes = parse("\nselect 1\nwhere t = :tenent\n")
    assert mistakes[0].line == 2


@given(st.text(max_size=60), st.sampled_from(["postgresql", "mysql", "sqlite"]))
def test_any_text_is_read_without_an_exception(text, dialect):
    query, _ = parse(text, dialect)
    query.for_driver()


@given(st.text(st.characters(blacklist_characters="'\\\x00"), max_size=40))
def test_a_string_is_never_looked_into(text):
    assert parse(f"select '{text}' where t = :tenant")[0].parameters == {"tenant"}

import threading
import time

import pytest

from tenants.formats import cell
from tenants.language.shapes import Column, Glossary, Question, Source
from tenants.sources.base import Params, QueryFailed, SourceError, TimedOut, TooLarge, Unreachable
from tenants.sources.postgresql import PostgreSQL
from tenants.sql import parse
from tests import engines

NAME, READER = "odd_values", "odd_reader"
HERE = Params("acme", "acme")
WRITER = """
create role odd_writer; grant insert on "order" to odd_writer; alter role odd_reader noinherit; grant odd_writer to odd_reader
"""
TABLE = """
create table "order" (tenant text, n integer, body text, at timestamp, with_zone timestamptz, settings json, more jsonb, tags text[]);
insert into "order" values
  ('acme', 1, '100 % {sure} :: yes', '2026-01-01 10:00', '2026-01-01 10:00+02', '{"a": 1}', '{"b": [1]}', '{x,y}'),
  ('acme', 2, null, 'infinity', '-infinity', null, null, null);
insert into "order" select 'quiet', n, repeat('x', 1000) from generate_series(1, 3000) n;
grant select on "order" to odd_reader;
"""


@pytest.fixture(scope="module")
def database():
    engines.postgres.psql(f"CREATE ROLE {READER} LOGIN PASSWORD 'x'")
    engines.postgres.psql(f"CREATE DATABASE {NAME}")
    engines.postgres.psql(TABLE, NAME)
    yield engines.postgres.url(READER, "x", NAME)
    engines.postgres.psql(f"DROP DATABASE {NAME} WITH (FORCE)")
    engines.postgres.psql(f"DROP ROLE {READER}")


@pytest.fixture
def source(database):
    engine = PostgreSQL(Source("product", max_bytes=1_000_000), database)
    yield engine
    engine.close()


def rows(source, sql, params=HERE, *, timeout=2.0, limit=10):
    query, mistakes = parse(sql)
    assert not mistakes
    return source.rows(Question("product", query=query), params, timeout=timeout, limit=limit)


def test_odd_values_are_read_and_shown(source):
    found = rows(source, "select * from \"order\" where tenant = :tenant and '%' <> :tenant order by n")
    first, second = found.rows
    assert first["body"] == "100 % {sure} :: yes"
    words = Glossary({})
    at = Column("at", "At", "public", format="time", origin="at")
    assert cell(at, first, words).at == "2026-01-01T10:00:00Z"
    assert cell(at, second, words).value == "cannot be read"
    assert (
        cell(Column("more", "More", "public", format="json", origin="more", paths=("b",)), first, words).value
        == "b: [1]"
    )


def test_rows_and_bytes_are_capped(source):
    found = rows(source, 'select * from "order" where tenant = :tenant', Params("quiet", "quiet"), limit=250)
    assert (len(found.rows), found.truncated) == (250, True)
    with pytest.raises(TooLarge):
        rows(source, 'select * from "order" where tenant = :tenant', Params("quiet", "quiet"), limit=2_000)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ('with x as (insert into "order" select :tenant, 9 returning n) select * from x', "tries to write"),
        ("select 1 / 0 where :tenant = 'acme'", "divides by zero"),
        ("select * from gone where t = :tenant", "names a table"),
        ('select nope from "order" where tenant = :tenant', "names a column"),
        ("select 'x'::uuid where :tenant = 'acme'", "as a type it does not have"),
        ("select selekt from where :tenant", "not valid SQL"),
        ("select pg_read_file('/etc/passwd') where :tenant = 'acme'", "may not read"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_plain_sentence(source, sql, words):
    with pytest.raises(QueryFailed, match=words):
        rows(source, sql)
    assert rows(source, "select 1 as fine where :tenant = 'acme'").rows == ({"fine": 1},)


def test_a_query_cannot_lift_its_own_limits(source):
    lifted = "select set_config('statement_timeout', '0', false), set_config('default_transaction_read_only', 'off', false), :tenant"
    rows(source, lifted)
    shown = """select current_setting('statement_timeout') as t, current_setting('default_transaction_read_only') as r
               where :tenant <> ''"""
    assert rows(source, shown).rows == ({"t": "2s", "r": "on"},)
    started = time.monotonic()
    with pytest.raises(TimedOut, match="did not answer within"):
        rows(source, "select pg_sleep(9) where :tenant <> ''", timeout=0.2)
    assert time.monotonic() - started < 1.5


def test_a_connection_that_was_cut_is_replaced_once(source):
    rows(source, "select 1 as fine where :tenant = 'acme'")
    engines.postgres.psql(
        f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{READER}'"
    )
    assert rows(source, "select 1 as fine where :tenant = 'acme'").rows == ({"fine": 1},)


def test_several_threads_share_a_source(source):
    found: list[object] = []
    ask = "select pg_sleep(0.05), 1 as fine where :tenant = 'acme'"
    threads = [
        threading.Thread(target=lambda: found.append(rows(source, ask).rows[0]["fine"])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8


def test_an_address_where_nobody_listens_is_one_sentence_without_the_password():
    engine = PostgreSQL(Source("product"), "postgresql://app:very-secret@127.0.0.1:1/none")
    with pytest.raises(Unreachable) as caught:
        rows(engine, "select 1 where :tenant = ''")
    assert caught.value.sentence == "product cannot be reached."


@pytest.mark.parametrize(
    ("give", "take", "words"),
    [
        (
            'grant update (body) on "order" to odd_reader',
            'revoke update (body) on "order" from odd_reader',
            "can write to public.order",
        ),
        (
            'grant truncate on "order" to odd_reader',
            'revoke truncate on "order" from odd_reader',
            "can write to public.order",
        ),
        (
            "grant pg_write_all_data to odd_reader",
            "revoke pg_write_all_data from odd_reader",
            "belongs to pg_write_all_data",
        ),
        ("alter role odd_reader superuser", "alter role odd_reader nosuperuser", "is a superuser"),
        ("alter role odd_reader createrole", "alter role odd_reader nocreaterole", "can create roles"),
        (
            "grant create on schema public to odd_reader",
            "revoke create on schema public from odd_reader",
            "can create tables",
        ),
        (
            "grant create on database odd_values to odd_reader",
            "revoke create on database odd_values from odd_reader",
            "create schemas",
        ),
        (
            WRITER,
            "drop owned by odd_writer; drop role odd_writer; alter role odd_reader inherit",
            "can write to public.order",
        ),
    ],
)
def test_a_role_that_can_write_is_told_apart(source, give, take, words):
    assert source.why_refused() == ""
    engines.postgres.psql(give, NAME)
    try:
        assert words in source.why_refused()
    finally:
        engines.postgres.psql(take, NAME)
    assert source.why_refused() == ""


def test_columns_are_told_without_reading(source):
    query, _ = parse('select n as number, pg_sleep(5) as slow from "order" where tenant = :tenant')
    started = time.monotonic()
    assert source.columns(Question("product", query=query), HERE) == ("number", "slow")
    assert time.monotonic() - started < 1


def test_whole_tables_come_in_pages(source):
    query, _ = parse('select n from "order"', needs="")
    pages = list(source.pages(Question("product", query=query), timeout=5, size=1_000))
    assert [len(page) for page in pages] == [1_000, 1_000, 1_000, 2]
    assert isinstance(pages, list)
    with pytest.raises(SourceError):
        list(source.pages(Question("product", query=parse("select 1 / 0", needs="")[0]), timeout=5, size=10))


@pytest.mark.parametrize(
    ("query", "line", "detail"),
    [
        ('select n,\n  tenantt\nfrom "order" where tenant = :tenant', 1, 'column "tenantt" does not exist'),
        (
            'select n\nfrom "order" o\nwhere o.tenant = :tenant and o.n = :slug::uuid::int',
            2,
            "cannot cast type",
        ),
        ("select n\n\nfrom ordr where tenant = :tenant", 2, 'relation "ordr" does not exist'),
    ],
)
def test_the_writer_of_a_policy_is_told_the_line_and_the_databases_own_words(source, query, line, detail):
    with pytest.raises(QueryFailed) as caught:
        source.columns(Question("product", query=parse(query)[0]), HERE)
    assert caught.value.line == line
    assert detail in caught.value.detail
    assert detail not in caught.value.sentence

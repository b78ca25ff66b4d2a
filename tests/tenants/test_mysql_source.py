import time
from uuid import UUID

import pymysql
import pytest

from tenants.formats import cell
from tenants.identity import belongs, typed
from tenants.language.shapes import Column, Glossary, Question, Source
from tenants.sources.base import Params, QueryFailed, TimedOut, TooLarge, Unreachable
from tenants.sources.mysql import MySQL
from tenants.sources.mysql_role import why_refused
from tenants.sql import parse
from tests.tenants import mariadb

binary = mariadb.server()
installed = pytest.mark.skipif(
    binary is None, reason="MariaDB is not installed: apt-get install mariadb-server-core"
)
HERE = Params("acme", "acme")
SETUP = """
create database shop;
create table shop.charge (tenant varchar(40), body text, flag bit(1), at datetime, settings json, amount decimal(10, 2));
insert into shop.charge values ('acme', '100 % {x}', b'1', '2026-01-01 10:00', '{"a": 1}', 12.50), ('other', 'x', b'0', null, null, 1);
create user reader@localhost identified by 'pw'; grant select on shop.* to reader@localhost;
create user writer@localhost identified by 'pw'; grant select, insert on shop.* to writer@localhost;
create user giver@localhost identified by 'pw'; grant select on shop.* to giver@localhost with grant option;
create role extra; create user roled@localhost identified by 'pw'; grant select on shop.* to roled@localhost; grant extra to roled@localhost
"""


@pytest.fixture(scope="module")
def socket():
    with mariadb.running(str(binary)) as path:
        root = pymysql.connect(unix_socket=str(path), user="root", autocommit=True)
        with root.cursor() as cursor:
            for statement in SETUP.split(";"):
                cursor.execute(statement)
        root.close()
        yield path


@pytest.fixture
def open_as(socket):
    engines = []

    def make(user):
        url = f"mysql://{user}:pw@localhost/shop?unix_socket={socket}"
        engines.append(MySQL(Source("shop", "mysql", max_bytes=100_000), url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def rows(engine, sql, *, timeout=2.0, limit=10, params=HERE):
    query, mistakes = parse(sql, "mysql")
    assert not mistakes
    return engine.rows(Question("shop", query=query), params, timeout=timeout, limit=limit)


@installed
def test_rows_of_mysql_are_read_and_shown(open_as):
    (row,) = rows(open_as("reader"), "select * from charge where tenant = :tenant and '%' <> :tenant").rows
    words = Glossary({})
    assert row["body"] == "100 % {x}"
    assert cell(Column("flag", "Flag", "public", format="yesno", origin="flag"), row, words).value == "Yes"
    assert (
        cell(Column("at", "At", "public", format="time", origin="at"), row, words).at
        == "2026-01-01T10:00:00Z"
    )
    assert (
        cell(Column("s", "S", "public", format="json", origin="settings", paths=("a",)), row, words).value
        == "a: 1"
    )


@installed
def test_rows_and_bytes_of_mysql_are_capped(open_as):
    found = rows(open_as("reader"), "select * from charge where :tenant <> ''", limit=1)
    assert (len(found.rows), found.truncated) == (1, True)
    with pytest.raises(TooLarge):
        rows(open_as("reader"), "select repeat('x', 200000) from charge where tenant = :tenant")


@installed
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select * from gone where t = :tenant", "names a table"),
        ("select nope from charge where tenant = :tenant", "names a column"),
        ("select from where :tenant", "not valid SQL"),
        ("select * from charge where tenant = :tenant for update", "tries to write"),
        ("select * from charge where tenant = :tenant into outfile '/tmp/never'", "could not answer"),
    ],
)
def test_what_goes_wrong_in_mysql_is_one_plain_sentence(open_as, sql, words):
    with pytest.raises(QueryFailed, match=words):
        rows(open_as("reader"), sql)


@installed
def test_a_slow_question_to_mysql_ends_on_time(open_as):
    started = time.monotonic()
    with pytest.raises(TimedOut):
        rows(open_as("reader"), "select sleep(9) from charge where tenant = :tenant", timeout=0.3)
    assert time.monotonic() - started < 1.5


@installed
def test_a_connection_that_mysql_cut_is_replaced_once(open_as, socket):
    engine = open_as("reader")
    rows(engine, "select 1 as fine from charge where tenant = :tenant")
    root = pymysql.connect(unix_socket=str(socket), user="root", autocommit=True)
    with root.cursor() as cursor:
        cursor.execute("kill user reader")
    root.close()
    assert rows(engine, "select 1 as fine from charge where tenant = :tenant").rows == ({"fine": 1},)


@installed
@pytest.mark.parametrize(
    ("user", "words"),
    [("reader", ""), ("writer", "holds INSERT"), ("giver", "holds GRANT OPTION"), ("roled", "holds a role")],
)
def test_a_mysql_account_that_can_write_is_told_apart(open_as, user, words):
    found = open_as(user).why_refused()
    assert words in found
    assert bool(found) == bool(words)


@installed
def test_whole_tables_of_mysql_come_in_pages(open_as):
    query, _ = parse("select tenant from charge", "mysql", needs="")
    assert [len(p) for p in open_as("reader").pages(Question("shop", query=query), timeout=5, size=1)] == [
        1,
        1,
    ]


def test_an_address_where_no_mysql_listens_is_one_sentence_without_the_password():
    engine = MySQL(Source("shop", "mysql"), "mysql://app:very-secret@127.0.0.1:1/none")
    with pytest.raises(Unreachable) as caught:
        rows(engine, "select 1 where :tenant = ''", params=Params(UUID(int=1), "x"))
    assert caught.value.sentence == "shop cannot be reached."


class Grants:
    """A cursor that answers SHOW GRANTS with given lines."""

    def __init__(self, *lines):
        self.lines = lines

    def execute(self, _sql):
        return None

    def fetchall(self):
        return [(line,) for line in self.lines]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD 'x'", ""),
        ("GRANT SELECT, SHOW VIEW ON `shop`.* TO `r`@`%`", ""),
        ("GRANT SELECT (`id`, `name`) ON `shop`.`t` TO `r`@`%`", ""),
        ("GRANT SELECT (`id`), UPDATE (`name`) ON `shop`.`t` TO `r`@`%`", "holds UPDATE"),
        ("GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION", "holds ALL PRIVILEGES"),
        ("GRANT FILE ON *.* TO `r`@`%`", "holds FILE"),
        ("GRANT `extra`@`%` TO `r`@`%`", "holds a role"),
        ("GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO `r`@`%`", "holds SYSTEM_VARIABLES_ADMIN"),
    ],
)
def test_every_right_beyond_reading_is_told(line, words):
    found = why_refused(Grants(line))
    assert words in found
    assert bool(found) == bool(words)


@installed
def test_an_id_kept_as_sixteen_bytes_is_asked_for_as_such(open_as):
    one = typed("0e8b1d1c-6a6f-4a3e-9d1d-5a1c2b3c4d5e", "uuid_bytes")
    query = "select unhex('0e8b1d1c6a6f4a3e9d1d5a1c2b3c4d5e') as id from charge where :tenant = unhex('0e8b1d1c6a6f4a3e9d1d5a1c2b3c4d5e')"
    found = rows(open_as("reader"), query, params=Params(one, "acme")).rows
    assert found
    assert all(belongs(row["id"], one) for row in found)


@installed
@pytest.mark.parametrize(
    ("query", "line", "detail"),
    [
        ("select 1,\n  nope\nfrom charge where tenant = :tenant", 1, "Unknown column 'nope'"),
        ("select 1\nfrom ordr where tenant = :tenant", 1, "ordr' doesn't exist"),
        ("select 1\nfrom charge\nwher tenant = :tenant", 2, "near"),
    ],
)
def test_the_writer_of_a_policy_is_told_the_line_and_the_databases_own_words(open_as, query, line, detail):
    with pytest.raises(QueryFailed) as caught:
        open_as("reader").columns(Question("shop", query=parse(query, "mysql")[0]), HERE)
    assert caught.value.line == line
    assert detail in caught.value.detail
    assert detail not in caught.value.sentence

"""Queries over a whole book, on each engine and for each type of id."""

import sqlite3
from uuid import UUID

import pytest

from opsconsole.lib.bundle import Bundle, Problems, check
from tenants.desk.asking import ask_for_book
from tenants.desk.language import parse_health
from tenants.language.load import parse_language
from tenants.sources.opening import close_all
from tenants.sql import parse
from tests.tenants.policies import DEMO

FILES = Bundle.from_directory(DEMO).files
ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
HEALTH = '''
[[query]]
key = "plan"
scope = "account.read"
source = "product"
tenant_column = "tenant_id"
say = "{plan}."
query = """
select tenant_id, plan from plans where tenant_id in (select value from json_each(:tenants)) %s
"""
  [[query.column]]
  key = "plan"
  kind = "public"
'''


@pytest.fixture
def book(tmp_path):
    """Ask a SQLite product about tenants, by the type of their ids."""

    def ask(id_type, ids, stored, more="", limit=100):
        path = tmp_path / "product.db"
        with sqlite3.connect(path) as connection:
            connection.execute("create table if not exists plans (tenant_id, plan)")
            connection.executemany(
                "insert into plans values (?, ?)", [(one, f"plan {one}") for one in stored]
            )
        bundle = Bundle(
            FILES
            | {
                "sources.toml": f'[source.product]\nkind = "sqlite"\npath = "{path}"\n',
                "directory.toml": f'source = "product"\nid_type = "{id_type}"\nquery = "select 1"\n',
                "health.toml": (HEALTH % more).replace("say =", f"limit = {limit}\nsay ="),
            }
        )
        problems = Problems()
        health = parse_health(bundle, problems)
        assert problems.found == []
        return ask_for_book(parse_language(bundle, Problems()), health.queries, ids)

    yield ask
    close_all()


@pytest.mark.parametrize(
    ("id_type", "ids", "stored"),
    [
        ("integer", [1, 2], [1, 2, 3]),
        ("text", ["a'b", "ä"], ["a'b", "ä", "c"]),
        ("uuid", [ONE, TWO], [str(ONE), str(TWO), str(THREE)]),
    ],
)
def test_each_tenant_gets_its_own_rows_whatever_the_type_of_its_id(book, id_type, ids, stored):
    (answer,) = book(id_type, ids, stored)
    assert answer.failure == ""
    assert {one: [row["plan"] for row in rows] for one, rows in answer.rows.items()} == {
        ids[0]: [f"plan {stored[0]}"],
        ids[1]: [f"plan {stored[1]}"],
    }


def test_a_row_of_a_tenant_nobody_asked_for_stops_all_of_it(book):
    (answer,) = book("integer", [1], [1, 2], more="or tenant_id = 2")
    assert (answer.foreign, answer.code) == (1, "tenant_leak")
    assert not answer.rows


def test_a_row_that_names_no_tenant_stops_all_of_it(book):
    (answer,) = book("integer", [1], [1, None], more="or tenant_id is null")
    assert answer.foreign == 1


def test_more_rows_than_the_limit_show_nothing_because_tenants_would_be_missing(book):
    (whole,) = book("integer", [1, 2], [1, 1, 2])
    assert len(whole.rows[1]) == 2
    (cut,) = book("integer", [1, 2], [2], limit=3)
    assert (cut.code, dict(cut.rows)) == ("too_many_rows", {})


@pytest.mark.parametrize(
    ("dialect", "text", "driver"),
    [
        ("postgresql", "select 1 where id = any(:tenants)", "select 1 where id = any(%(tenants)s)"),
        ("mysql", "select 1 where id in :tenants", "select 1 where id in %(tenants)s"),
        ("sqlite", "select 1 where id in (:tenants)", "select 1 where id in (:tenants)"),
    ],
)
def test_the_parameter_of_a_book_is_bound_in_each_engine_s_way(dialect, text, driver):
    query, mistakes = parse(text, dialect, needs="tenants")
    assert mistakes == []
    assert query.for_driver() == driver


def test_a_panel_takes_no_query_over_many_tenants():
    _, mistakes = parse("select 1 where id = any(:tenants) and id = :tenant")
    assert [m.what for m in mistakes] == ["no parameter is called :tenants"]


def test_policy_check_asks_the_product_whether_it_knows_the_columns(django_db_setup):
    text = (
        FILES["health.toml"]
        .replace("s.seats, s.status", "s.seat, s.status")
        .replace("f.name, case", "f.name as label, case")
    )
    told = [str(p) for p in check(Bundle(FILES | {"health.toml": text})) if p.path == "health.toml"]
    assert len(told) == 2
    assert "does not return the column name" in " ".join(told)

"""A query that hands the question back as its answer: each row then seems to belong to the tenant, whoever's it is."""

import sqlite3

import pytest

from opsconsole.lib.bundle import Problems
from tenants.language.reach import check_reach
from tenants.sources.opening import close_all
from tests.tenants.bundles import PANEL, bundle

ASKED = "select * from charge where tenant_id = :tenant order by id"
HONEST = "select tenant_id, status, email, token from charge where tenant_id = :tenant"


@pytest.fixture
def path(tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.executescript(
            """create table tenant (id integer, slug text, name text);
               create table charge (id integer, tenant_id integer, status text, email text, token text);
               insert into charge values (1, 7, 'paid', 'a@b.example', 'x');"""
        )
    shop.close()
    yield str(tmp_path / "shop.db")
    close_all()


@pytest.mark.parametrize(
    ("query", "good"),
    [
        (HONEST, True),
        ("select :tenant as tenant_id, status, email, token from charge", False),
        (
            "with a as (select :tenant as t) select a.t as tenant_id, status, email, token from charge, a",
            False,
        ),
    ],
)
def test_the_tenant_column_must_come_from_the_data(path, query, good):
    assert ASKED in PANEL
    problems = Problems()
    check_reach(bundle(path, billing=PANEL.replace(ASKED, query)), problems)
    told = [str(problem) for problem in problems.found]
    assert not told if good else any("a tenant that does not exist" in one for one in told), told

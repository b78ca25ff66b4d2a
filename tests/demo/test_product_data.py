"""The demo product's database: what stands in it, and what must not be possible with it."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from demo.productdb.build import build, gather
from demo.productdb.companies import accounts
from demo.productdb.plants import NEAR_MISSES, TICKETS
from tests import engines
from tests.demo.conftest import Desk

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "demo" / "policy"
MOMENT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # the night the clocks go forward
READER = "product_reader"


def owner_url(database: str) -> str:
    return engines.postgres.url("product_owner", engines.passwords["product_owner"], database)


def reader_url(database: str) -> str:
    return engines.postgres.url(READER, engines.passwords[READER], database)


def make(name: str) -> str:
    engines.postgres.psql(f"CREATE DATABASE {name} OWNER product_owner TEMPLATE template0")
    return name


@pytest.fixture(scope="module")
def built() -> Iterator[str]:
    """A product database of this module's own, built at a fixed moment."""
    name = make("product_data")
    build(owner_url(name), READER, now=MOMENT, say=lambda _: None)
    yield name
    engines.postgres.psql(f"DROP DATABASE {name} WITH (FORCE)")


def ask(database: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(reader_url(database)) as connection:
        return connection.execute(sql.encode()).fetchall()


def test_there_are_sixty_tenants_of_three_regions_and_two_environments(built: str) -> None:
    assert ask(built, "select count(*) from tenants") == [(60,)]
    assert {row[0] for row in ask(built, "select distinct region from tenants")} == {"eu", "us", "ap"}
    assert dict(ask(built, "select environment, count(*) from tenants group by 1")) == {
        "production": 44,
        "test": 16,
    }


def test_about_two_hundred_thousand_rows_of_ninety_days(built: str) -> None:
    tables = [row[0] for row in ask(built, "select tablename from pg_tables where schemaname = 'public'")]
    total = sum(ask(built, f"select count(*) from {table}")[0][0] for table in tables)
    assert 190_000 < total < 230_000
    oldest, newest = ask(built, "select min(at), max(at) from api_requests")[0]
    assert (MOMENT - oldest).days == 89
    assert newest <= MOMENT


def test_the_same_moment_gives_the_same_rows() -> None:
    first, second = gather(MOMENT), gather(MOMENT)
    assert first.columns == second.columns
    assert first.rows == second.rows


def test_what_is_planted_gets_the_same_ids_every_time(built: str, desk: Desk) -> None:
    planted = "select id from {} order by id"
    for table in (
        "charges",
        "refunds",
        "invites",
        "users",
        "flag_overrides",
        "billing_accounts",
        "incidents",
    ):
        assert ask(built, planted.format(table)) == ask(engines.PRODUCT, planted.format(table)), table


def test_a_second_start_keeps_the_rows(built: str) -> None:
    before = ask(built, "select count(*), max(id) from api_requests")
    lines: list[str] = []
    build(owner_url(built), READER, say=lines.append)
    assert ask(built, "select count(*), max(id) from api_requests") == before
    assert lines[0] == "product: the data are there already"


def test_the_reader_can_read_every_table_and_write_none(built: str) -> None:
    with psycopg.connect(reader_url(built), autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        for sql in (
            "update tenants set name = ''",
            "delete from charges",
            "truncate users",
            "create table x ()",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.encode())


def test_the_rows_carry_secrets_and_personal_data(built: str) -> None:
    assert ask(built, "select count(*) from users where password_hash like 'pbkdf2_sha256$%'")[0][0] > 500
    assert ask(built, "select count(*) from api_tokens where token like 'qf_live_%'")[0][0] >= 60
    assert ask(built, "select count(*) from account_notes where body like '%4111 1111 1111 1111%'")[0][0] > 5
    assert ask(built, "select count(*) from email_deliveries where body_head like '%?token=%'")[0][0] > 1_000


def test_the_command_says_each_step_and_refuses_in_one_sentence(built: str) -> None:
    command = [sys.executable, "-m", "demo.productdb"]
    env = {"PRODUCT_OWNER_DATABASE_URL": owner_url(built), "PRODUCT_DATABASE_URL": reader_url(built)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "product: the data are there already"
    broken = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stderr) == (2, "product: PRODUCT_OWNER_DATABASE_URL is not set\n")


def test_every_ticket_belongs_to_a_tenant_with_a_plant() -> None:
    tickets = tomllib.loads((ROOT / "demo" / "tickets.toml").read_text())["ticket"]
    assert len({ticket["number"] for ticket in tickets}) == 12
    assert {ticket["tenant"] for ticket in tickets} == set(TICKETS)
    assert not set(TICKETS) & set(NEAR_MISSES)


def test_the_demo_policy_names_no_planted_tenant() -> None:
    text = "\n".join(path.read_text() for path in POLICY.rglob("*.toml"))
    for account in accounts(MOMENT):
        assert str(account.id) not in text
        assert account.slug not in text
        assert account.name not in text
    assert not {"8812", "431", "306", "BA-"} & set(text.replace("'", " ").split())

"""Build the demo product's database: schema, rows, and a role that can only read."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from demo.productdb.catalogue import add_catalogue
from demo.productdb.companies import accounts
from demo.productdb.plants import sow
from demo.productdb.tenants import add_tenant
from demo.productdb.work import number_imports
from demo.productdb.world import World

SCHEMA = Path(__file__).with_name("schema.sql")
NEWEST_IMPORT_BEFORE_PLANTING = 8_811
HAS_TENANTS = "select to_regclass('public.tenants') is not null"

Say = Callable[[str], None]


def build(owner_url: str, reader_role: str, now: datetime | None = None, say: Say = print) -> None:
    """Make the database ready; one that is filled keeps its rows.

    `now` is the moment all times are counted from, the present one unless given. `say` gets one line a step.
    Everything happens in one transaction: a broken start leaves an empty database behind.
    """
    with psycopg.connect(owner_url) as connection, connection.cursor() as cursor:
        if cursor.execute(HAS_TENANTS).fetchone() == (True,):
            say("product: the data are there already")
        else:
            _create(cursor, say)
            _fill(cursor, now or datetime.now(UTC), say)
            cursor.execute("analyze")
        _grant(cursor, reader_role)
        say(f"product: {reader_role} may read, and nothing else")


def _create(cursor: psycopg.Cursor, say: Say) -> None:
    cursor.execute(SCHEMA.read_bytes())
    say("product: tables created")


def gather(now: datetime) -> World:
    """All rows but the planted ones; the same moment always gives the same rows."""
    world = World(now=now)
    add_catalogue(world)
    for account in accounts(now):
        add_tenant(world, account)
    number_imports(world, NEWEST_IMPORT_BEFORE_PLANTING)
    return world


def _fill(cursor: psycopg.Cursor, now: datetime, say: Say) -> None:
    world = gather(now)
    for table in world.rows:
        _copy(cursor, world, table)
    tenants = {account.slug: account.id for account in accounts(now)}
    sow(cursor, tenants, now)
    total = sum(len(rows) for rows in world.rows.values())
    say(f"product: {len(tenants)} tenants, {total:,} rows")


def _copy(cursor: psycopg.Cursor, world: World, table: str) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, world.columns[table]))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), columns)
    with cursor.copy(statement) as copy:
        for row in world.in_order(table):
            copy.write_row(row)


def _grant(cursor: psycopg.Cursor, reader_role: str) -> None:
    reader = sql.Identifier(reader_role)
    cursor.execute(sql.SQL("grant usage on schema public to {}").format(reader))
    cursor.execute(sql.SQL("grant select on all tables in schema public to {}").format(reader))

"""The roles and databases of an embedded cluster, and their passwords. Standard library only."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from opsconsole.embedded.errors import EngineError
from opsconsole.embedded.postgres import Postgres

ROLES = ("postgres", "opsconsole_owner", "opsconsole_app", "product_owner", "product_reader", "product_app")
SECRETS = ("secret_key", "product_secret_key")


def passwords_in(file: Path) -> dict[str, str]:
    """Role -> password, plus the secret keys of console and product; made at random once and kept in `file` (mode 0600)."""
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    made = {name: secrets.token_hex(16) for name in ROLES}
    made |= {name: secrets.token_urlsafe(48) for name in SECRETS}
    if made.keys() <= kept.keys():
        return kept
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(made | kept, out, indent=1)
    return made | kept


@dataclass(frozen=True)
class Urls:
    """Where the console's and the product's databases are, one URL for each role."""

    app: str
    owner: str
    product_reader: str
    product_owner: str
    product_app: str

    @classmethod
    def of(cls, postgres: Postgres, passwords: dict[str, str], console: str, product: str) -> "Urls":
        """The URLs of the databases `console` and `product` on this cluster."""
        return cls(
            app=postgres.url("opsconsole_app", passwords["opsconsole_app"], console),
            owner=postgres.url("opsconsole_owner", passwords["opsconsole_owner"], console),
            product_reader=postgres.url("product_reader", passwords["product_reader"], product),
            product_owner=postgres.url("product_owner", passwords["product_owner"], product),
            product_app=postgres.url("product_app", passwords["product_app"], product),
        )


def make_roles_and_databases(
    postgres: Postgres, passwords: dict[str, str], *, console: str = "opsconsole", product: str = "product"
) -> Urls:
    """Makes what is not there yet and returns the URLs. Raises EngineError when an extension is missing.

    `opsconsole_owner` owns the console's tables, `opsconsole_app` has only what migrations grant it;
    `product_owner` owns the product's, `product_reader` may SELECT and starts every transaction read-only, `product_app` is the
    role of the product itself and may change rows.
    """
    if missing := postgres.missing_extensions():
        raise EngineError(
            f"This PostgreSQL lacks {' and '.join(missing)}. Install them: apt-get install postgresql-contrib"
        )
    postgres.psql("".join(_role(name, passwords[name]) for name in ROLES[1:]))
    postgres.psql("alter role product_reader set default_transaction_read_only = on;")
    _make_database(postgres, console, owner="opsconsole_owner", reader="opsconsole_app")
    postgres.psql(
        f"grant temporary on database {console} to opsconsole_app;"
    )  # the directory is staged there
    _make_database(postgres, product, owner="product_owner", reader="product_reader")
    postgres.psql(f"grant connect on database {product} to product_app;")
    postgres.psql(_PRODUCT_RIGHTS, product)
    return Urls.of(postgres, passwords, console, product)


def _role(name: str, password: str) -> str:
    return (
        f"do $$ begin create role {name}; exception when duplicate_object then null; end $$;\n"
        f"alter role {name} login nosuperuser nocreatedb nocreaterole password '{password}';\n"
    )


def _make_database(postgres: Postgres, name: str, *, owner: str, reader: str) -> None:
    if not postgres.psql(f"select 1 from pg_database where datname = '{name}'"):  # noqa: S608
        postgres.psql(f"create database {name} owner {owner} template template0")
    postgres.psql(f"revoke all on database {name} from public; grant connect on database {name} to {reader};")
    postgres.psql("revoke create on schema public from public;", name)


_PRODUCT_RIGHTS = """
grant usage on schema public to product_reader;
alter default privileges for role product_owner grant usage on schemas to product_reader;
alter default privileges for role product_owner grant select on tables to product_reader;
grant usage on schema public to product_app;
alter default privileges for role product_owner grant select, insert, update, delete on tables to product_app;
alter default privileges for role product_owner grant usage, select on sequences to product_app;
"""

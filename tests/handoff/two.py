"""Console and demo product as two processes on two origins, and an agent with an approved grant."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from impersonation.product.keys import make_keys
from tests import engines
from tests.conftest import clone
from tests.grants.desk import REASON
from tests.outages.person import Person
from tests.processes import Console
from tests.product import world

CONSOLE_DATABASE = "console_handoff"
SCOPES = ["session.view", "session.act", "invoice_email.update"]
ACCOUNT = """
insert into billing_accounts (id, tenant_id, number, legal_name, billing_email, currency, active_from)
values (gen_random_uuid(), %s, 'QF-1', 'Northwind Paper', 'billing@northwind-paper.example', 'EUR', now())
"""


class Two:
    """Both sides. `revoke` and `rows` are what a lead and the owner of the tables would do and see."""

    def __init__(self, console: Console, product: world.Product) -> None:
        self.console, self.product = console, product
        self.product_url = f"http://localhost:{product.port}"
        self.agent = Person(console.url, "agent")
        self._tickets = iter(range(81_001, 82_000))

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(
            engines.urls(CONSOLE_DATABASE).owner, autocommit=True, row_factory=dict_row
        ) as owner:
            cursor = owner.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def granted(self, scopes: list[str] = SCOPES) -> str:
        """Give back what is held, ask, and have two people approve; return the id of the grant."""
        for held in self.rows(
            "SELECT id FROM grants_grant WHERE ended_at IS NULL AND tenant_id IN (SELECT id FROM tenants_tenant WHERE slug = 'northwind')"
        ):
            assert self.agent.post(f"/grants/{held['id']}/revoke/", comment="").status_code == 302
        ticket = f"HD-{next(self._tickets)}"
        assert self.agent.get("/tenants/northwind/").status_code == 200
        case = self.agent.post(
            "/cases/new/", ticket=ticket, tenant="northwind", issue="The invoice page fails.", notes=""
        )
        assert case.status_code == 302, case.text
        path = case.headers["location"].split("?")[0]
        asked = self.agent.post(f"{path}requests/", scopes=scopes, minutes="30", reason=REASON)
        assert asked.status_code == 302, asked.text
        request = asked.headers["location"].strip("/").split("/")[-1]
        digest = self.rows("SELECT digest FROM grants_accessrequest WHERE id = %s", request)[0]["digest"]
        for name in ("approver", "approver2"):
            answer = Person(self.console.url, name).post(
                f"/requests/{request}/approve/", digest=digest, scopes=scopes, minutes="30", comment=""
            )
            assert answer.status_code == 302, answer.text
        return str(self.rows("SELECT id FROM grants_grant WHERE request_id = %s", request)[0]["id"])

    def started(self, grant: str, mode: str = "act") -> str:
        """Start a session as the tenant's admin and return its page."""
        answer = self.agent.post(f"/grants/{grant}/sessions/", subject=world.ADMIN, mode=mode, minutes="15")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def session(self, page: str) -> dict[str, Any]:
        """The row of a session, by its page."""
        sid = page.strip("/").split("/")[-1]
        return self.rows("SELECT * FROM impersonation_supportsession WHERE id = %s", sid)[0]


@contextmanager
def two_processes(home: Path) -> Iterator[Two]:
    """Start both, each with its keys, and stop both."""
    console_keys, product_keys = home / "console-keys", home / "product-keys"
    for folder in (console_keys, product_keys):
        make_keys(folder)
    console = Console(clone(CONSOLE_DATABASE), queue=5)
    before = dict(os.environ)
    os.environ.update({"PRODUCT_CONSOLE_URL": console.url, "PRODUCT_KEYS": str(product_keys)})
    try:
        with world.running_product(home) as product:
            product.ask(ACCOUNT, [world.TENANT])
            engines.superuser(f"GRANT CONNECT ON DATABASE {world.DATABASE} TO product_reader")
            console.extra = {
                "PRODUCT_URL": f"http://localhost:{product.port}",
                "PRODUCT_DATABASE_URL": engines.postgres.url(
                    "product_reader", engines.passwords["product_reader"], world.DATABASE
                ),
                "OPSCONSOLE_SESSION_KEY_DIR": str(console_keys),
            }
            console.start_web()
            yield Two(console, product)
    finally:
        console.stop()
        os.environ.clear()
        os.environ.update(before)
        engines.superuser(f"DROP DATABASE {CONSOLE_DATABASE} WITH (FORCE)")
        shutil.rmtree(console_keys, ignore_errors=True)

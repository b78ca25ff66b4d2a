"""Console and demo product as two processes on two origins, and an agent with an approved grant."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from impersonation.product import tokens
from impersonation.product.keys import Key, live_keys, make_keys
from tests import engines
from tests.conftest import clone
from tests.grants.desk import REASON
from tests.outages.person import Person
from tests.processes import Console
from tests.product import world

CONSOLE_DATABASE = "console_handoff"
SCOPES = [
    "session.view",
    "session.act",
    "sync.rerun",
    "invite.resend",
    "invoice_email.update",
    "setting.restore",
]
WORK = """
insert into billing_accounts (id, tenant_id, number, legal_name, billing_email, currency, active_from)
values (gen_random_uuid(), %(t)s, 'QF-1', 'Northwind Paper', 'billing@northwind-paper.example', 'EUR', now());
insert into sync_kinds (code, name, normal_minutes) values ('bank_feed', 'Bank feed', 10);
insert into sync_jobs (tenant_id, kind, status, stage, percent, attempts, error_text, queued_at, updated_at)
values (%(t)s, 'bank_feed', 'failed', 'fetch', 40, 1, 'The bank refused the certificate', now(), now());
insert into send_limits (tenant_id, kind, used_24h, allowed_24h, counted_at) values (%(t)s, 'invites', 1, 2, now());
insert into invites (id, tenant_id, email, role, status, token, invited_at)
values (gen_random_uuid(), %(t)s, 'new@northwind-paper.example', 'viewer', 'held', 'x', now());
insert into settings_changes (tenant_id, setting, old_value, new_value, is_secret, at)
values (%(t)s, 'reminders.after_days', '14', '7', false, now());
update tenants set settings = settings || '{"reminders": {"after_days": 7}}' where id = %(t)s;
"""


class Two:
    """Both sides, and the keys with which each signs. `rows` is what the owner of the tables sees."""

    def __init__(self, console: Console, product: world.Product, key: Key, product_key: Key) -> None:
        self.console, self.product, self.key, self.product_key = console, product, key, product_key
        self.product_url = f"http://localhost:{product.port}"
        self.agent = self.person("agent")
        self._tickets = iter(range(81_001, 82_000))

    @cache  # noqa: B019 - as long as the two processes
    def person(self, username: str) -> Person:
        """Somebody of the cast, signed in once."""
        return Person(self.console.url, username)

    def said(self, typ: str, *, key: Key | None = None, **changes: Any) -> str:
        """Return what the console might have signed for the product; a claim changed to None is left out."""
        claims = {**tokens.frame(self.console.url, "quillfold", time.time()), **changes}
        return tokens.signed(
            key or self.key, typ, {name: value for name, value in claims.items() if value is not None}
        )

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(
            engines.urls(CONSOLE_DATABASE).owner, autocommit=True, row_factory=dict_row
        ) as owner:
            cursor = owner.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Let the console say nothing for the length of a block: calls reach it and are not answered."""
        group = self.console.processes["web"].pid
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def access(self, slug: str = "northwind") -> str:
        """Return the agent's access to a tenant: what is held, else ask, and have two people approve."""
        held = self.rows(
            "SELECT g.id FROM grants_grant g JOIN tenants_tenant t ON t.id = g.tenant_id WHERE g.ended_at IS NULL AND t.slug = %s",
            slug,
        )
        return str(held[0]["id"]) if held else self._granted(slug)

    def _granted(self, slug: str) -> str:
        ticket, scopes = f"HD-{next(self._tickets)}", SCOPES
        assert self.agent.get(f"/tenants/{slug}/").status_code == 200
        case = self.agent.post(
            "/cases/new/", ticket=ticket, tenant=slug, issue="The invoice page fails.", notes=""
        )
        assert case.status_code == 302, case.text
        path = case.headers["location"].split("?")[0]
        asked = self.agent.post(f"{path}requests/", scopes=scopes, minutes="30", reason=REASON)
        assert asked.status_code == 302, asked.text
        request = asked.headers["location"].strip("/").split("/")[-1]
        digest = self.rows("SELECT digest FROM grants_accessrequest WHERE id = %s", request)[0]["digest"]
        for name in ("approver", "approver2"):
            answer = self.person(name).post(
                f"/requests/{request}/approve/", digest=digest, scopes=scopes, minutes="30", comment=""
            )
            assert answer.status_code == 302, answer.text
        return str(self.rows("SELECT id FROM grants_grant WHERE request_id = %s", request)[0]["id"])

    def started(self, grant: str, mode: str = "act", subject: str = world.ADMIN) -> str:
        """End what the agent is in, start a session as the tenant's admin, and return its page."""
        for live in self.rows("SELECT id FROM impersonation_supportsession WHERE ended_at IS NULL"):
            self.agent.post(f"/sessions/{live['id']}/end/")
        answer = self.agent.post(f"/grants/{grant}/sessions/", subject=subject, mode=mode, minutes="15")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def session(self, page: str) -> dict[str, Any]:
        """The row of a session, by its page."""
        sid = page.strip("/").split("/")[-1]
        return self.rows("SELECT * FROM impersonation_supportsession WHERE id = %s", sid)[0]


def opened(
    two: Two, page: str, browser: httpx.Client | None = None
) -> tuple[httpx.Client, httpx.Response, list[str]]:
    """Follow the link of the session's page as a browser does, cookies of both sites apart; the addresses passed on the way."""
    browser = browser or httpx.Client(base_url=two.product_url, timeout=30)
    seen: list[str] = []
    answer = two.agent.get(f"{page}open/")
    while answer.is_redirect:
        address = answer.headers["location"]
        seen.append(address)
        by = two.agent if address.startswith(two.console.url) else browser
        answer = by.get(address.removeprefix(two.console.url))
    return browser, answer, seen


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
        with world.running_product() as product:
            product.as_owner(WORK.replace("%(t)s", f"'{world.TENANT}'"))
            engines.superuser(f"GRANT CONNECT ON DATABASE {world.DATABASE} TO product_reader")
            console.extra = {
                "PRODUCT_URL": f"http://localhost:{product.port}",
                "PRODUCT_DATABASE_URL": engines.postgres.url(
                    "product_reader", engines.passwords["product_reader"], world.DATABASE
                ),
                "OPSCONSOLE_SESSION_KEY_DIR": str(console_keys),
            }
            console.start_web()
            yield Two(console, product, live_keys(console_keys)[0], live_keys(product_keys)[0])
    finally:
        console.stop()
        os.environ.clear()
        os.environ.update(before)
        engines.superuser(f"DROP DATABASE {CONSOLE_DATABASE} WITH (FORCE)")
        shutil.rmtree(console_keys, ignore_errors=True)

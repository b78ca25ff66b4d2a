"""The demo product as a process of its own on a small database, and sessions in it as the console's hand-off would open them."""

import json
import os
import secrets
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests import engines
from tests.processes import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "product_web"
TENANT, OTHER_TENANT = (str(uuid.UUID(int=number)) for number in (1, 2))
OWNER, ADMIN, VIEWER, STRANGER = (str(uuid.UUID(int=number)) for number in (11, 12, 13, 14))
DOMAIN = "localhost.local"  # what Python calls the domain of a cookie from localhost
MARK = 'id="support-session"'
SEED = """
insert into tenants (id, slug, name, environment, region, status, country, time_zone, settings, created_at)
select id::uuid, slug, name, 'production', 'eu', 'active', 'DE', 'UTC', '{"invoice": {"footer": "Thank you"}}', now()
from (values (%(t)s, 'northwind', 'Northwind Paper'), (%(o)s, 'fable', 'Fable Press')) as v(id, slug, name);
insert into users (id, tenant_id, email, display_name, role, status, password_hash, two_factor, created_at, last_sign_in_at)
select id::uuid, t::uuid, email, name, role, 'active', 'x', false, now(), '2026-01-02 03:04:05Z'
from (values (%(owner)s, %(t)s, 'owner@northwind.example', 'Owner of Northwind', 'owner'),
             (%(admin)s, %(t)s, 'admin@northwind.example', 'Admin of Northwind', 'admin'),
             (%(viewer)s, %(t)s, 'viewer@northwind.example', 'Viewer of Northwind', 'viewer'),
             (%(stranger)s, %(o)s, 'admin@fable.example', 'Admin of Fable', 'admin')) as v(id, t, email, name, role);
insert into invoices (tenant_id, number, customer_name, customer_email, total_minor, currency, status, created_at, due_on)
select %(t)s, 'N-' || i, 'Customer ' || i, 'c' || i || '@customer.example', 1000 * i, 'EUR', 'sent', now(), current_date
from generate_series(1, 9) as i;
insert into imports (id, tenant_id, kind, file_name, status, rows_total, rows_done, started_at, updated_at)
values (1, %(t)s, 'customers', 'customers.csv', 'stopped', 10, 3, now(), now());
insert into api_tokens (id, tenant_id, name, token, status, created_at)
values (gen_random_uuid(), %(o)s, 'Of Fable', 'qf_live_fable', 'active', now());
"""
ROW = {
    "jti": "j",
    "subject_id": ADMIN,
    "agent_label": "Agent of the desk",
    "act_sub": "agent-1",
    "org": TENANT,
    "org_label": "Northwind Paper",
    "mode": "view",
    "scopes": [],
    "deny": [],
    "may": ["Retry an import"],
    "grant_id": "g-1",
    "ticket": "HD-48192",
    "approver": "Approver of the desk",
    "cause": "",
    "area": "",
    "scratch": {},
    "shown": 0,
    "unshown": {},
    "sequence": 0,
}


def urls() -> dict[str, str]:
    roles = ("product_owner", "product_app")
    owner, app = (engines.postgres.url(role, engines.passwords[role], DATABASE) for role in roles)
    return {"PRODUCT_MIGRATE_DATABASE_URL": owner, "PRODUCT_APP_DATABASE_URL": app}


@dataclass
class Product:
    """The running product: `open` gives a browser in a session, `ask` looks into its database."""

    port: int
    process: int = 0

    @property
    def cookie(self) -> str:
        """The name of the package's cookie."""
        return f"quillfold-{self.port}-support"

    def browser(self, **cookies: str) -> httpx.Client:
        """A browser that follows no redirect by itself."""
        browser = httpx.Client(base_url=f"http://localhost:{self.port}", timeout=20)
        for name, value in cookies.items():
            browser.cookies.set(name, value, domain=DOMAIN)
        return browser

    def open(self, *, minutes: float = 10, **values: Any) -> tuple[httpx.Client, str]:
        """A browser in a session, and the session's id."""
        key, sid = secrets.token_urlsafe(32), str(uuid.uuid4())
        row = {**ROW, "sid": sid, "key_hash": sha256(key.encode()).hexdigest(), **values}
        columns = ", ".join(row)
        places = ", ".join(f"%({name})s" for name in row)
        packed = {
            name: json.dumps(value) if isinstance(value, list | dict) else value
            for name, value in row.items()
        }
        self.ask(
            f"insert into support_session_productsession ({columns}, started_at, last_seen_at, ends_at) "
            f"values ({places}, now(), now(), now() + interval '{minutes} minutes') returning sid",
            packed,
        )
        return self.browser(**{self.cookie: key}), sid

    def ask(self, sql: str, values: Any = None) -> list[tuple[Any, ...]]:
        """Run SQL as the product's own role."""
        with psycopg.connect(urls()["PRODUCT_APP_DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def as_owner(self, sql: str) -> None:
        """Run SQL as the owner of the product's tables."""
        with psycopg.connect(urls()["PRODUCT_MIGRATE_DATABASE_URL"], autocommit=True) as owner:
            owner.execute(sql.encode())

    def session(self, sid: str, *columns: str) -> tuple[Any, ...]:
        """Some columns of a session's row."""
        names = ", ".join(columns)
        return self.ask(f"select {names} from support_session_productsession where sid = %s", [sid])[0]

    def events(self, sid: str) -> list[dict[str, Any]]:
        """What the outbox holds of a session, in order, without a gap."""
        rows = self.ask(
            "select seq, payload from support_session_outboxevent e join support_session_productsession s "
            "on s.id = e.session_id where sid = %s order by seq",
            [sid],
        )
        assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
        return [payload for _, payload in rows]

    def kill_worker(self) -> None:
        """End the process that answers, as an outage would; the one above it starts another, and nobody is refused meanwhile."""
        (worker,) = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        os.kill(int(worker), signal.SIGKILL)

    def waits_for_a_lock(self) -> bool:
        """Tell whether something in the product's database waits for a lock."""
        waiting = (
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        return bool(self.ask(waiting))

    def footer(self) -> str:
        """A setting of the tenant that a session changes."""
        return str(
            self.ask("select settings #>> '{invoice,footer}' from tenants where id = %s", [TENANT])[0][0]
        )


def token_of(page: httpx.Response) -> str:
    """The form's token in a page."""
    return page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def post(browser: httpx.Client, path: str, seen_on: str = "/", **fields: str) -> httpx.Response:
    """Send a form with the token of a page that was looked at before."""
    page = browser.get(seen_on)
    return browser.post(path, data={"csrfmiddlewaretoken": token_of(page), **fields})


@contextmanager
def running_product() -> Iterator[Product]:
    """Make the database and start the product, once for all its tests."""
    engines.superuser(
        f"CREATE DATABASE {DATABASE} OWNER product_owner TEMPLATE template0",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO product_app",
    )
    people = {
        "t": TENANT,
        "o": OTHER_TENANT,
        "owner": OWNER,
        "admin": ADMIN,
        "viewer": VIEWER,
        "stranger": STRANGER,
    }
    with psycopg.connect(urls()["PRODUCT_MIGRATE_DATABASE_URL"], autocommit=True) as owner:
        owner.execute((ROOT / "demo/productdb/schema.sql").read_bytes())
        psycopg.ClientCursor(owner).execute(SEED.encode(), people)
    product = Product(free_port())
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "PRODUCT_APP_DATABASE_URL": urls()["PRODUCT_APP_DATABASE_URL"],
        "PRODUCT_SECRET_KEY": secrets.token_hex(32),
        "PRODUCT_PORT": str(product.port),
    }
    manage = [sys.executable, "demo/product/manage.py", "prepare"]
    done = subprocess.run(
        manage, cwd=ROOT, env={**environment, **urls()}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    bind = [
        "demo.product.wsgi",
        "--bind",
        f"127.0.0.1:{product.port}",
        "--worker-class",
        "gthread",
        "--threads",
        "6",
        "--preload",  # a process that ends in the middle of something has a successor at once
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *bind, "--log-level", "warning", "--no-control-socket"],
        cwd=ROOT,
        env=environment,
    )
    product.process = server.pid
    try:
        wait_until(lambda: _answers(product))
        yield product
    finally:
        server.kill()
        server.wait(20)
        engines.superuser(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _answers(product: Product) -> bool:
    try:
        return product.browser().get("/healthz").status_code == 200
    except httpx.TransportError:
        return False

"""The product's database down, silent or slow: its panels say so in a sentence, the page stands, the console stays ready."""

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, clone, run
from tests.outages.conftest import DATABASE, Rows
from tests.outages.person import SLUG, Person
from tests.processes import Console, free_port, running

SLOW = """
title = "Slow"
question = "Does one slow section hold up the others?"
area = "billing"
scope = "billing.read"
[[section]]
key = "slow"
title = "Slow section"
kind = "facts"
source = "product"
tenant_column = "tenant_id"
query = "select tenant_id, pg_sleep(120)::text as slept from users where tenant_id = :tenant limit 1"
  [[section.column]]
  key = "slept"
  label = "Slept"
  kind = "public"
[[section]]
key = "quick"
title = "Quick section"
kind = "facts"
source = "product"
tenant_column = "tenant_id"
query = "select tenant_id, count(*) as people from users where tenant_id = :tenant group by tenant_id"
  [[section.column]]
  key = "people"
  label = "People counted"
  kind = "public"
"""
SAID = re.compile("product (cannot be reached|did not answer within|has not answered since)")


def down() -> str:
    return f"postgresql://product_reader:x@127.0.0.1:{free_port()}/product"


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"postgresql://product_reader:x@127.0.0.1:{listener.getsockname()[1]}/product"


def stands(url: str) -> None:
    """The tenant page and one panel answer, each failed section in a sentence, and nothing else of the console suffers."""
    agent = Person(url, "agent")
    for path in (f"/tenants/{SLUG}/", f"/tenants/{SLUG}/panels/billing/"):
        page = agent.get(path)
        assert page.status_code == 200, path
        assert "This section cannot be shown" in page.text
        assert SAID.search(page.text), page.text
        assert "Traceback" not in page.text
        assert "127.0.0.1" not in page.text.replace(url, "")
    assert agent.get("/tenants/?q=brightwater").status_code == 200
    assert agent.get("/cases/").status_code == 200
    ready = httpx.get(f"{url}/readyz", timeout=60)
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert ready.json()["parts"] == {"database": "ok", "redis": "ok", "source product": "failing"}


def test_a_product_database_that_is_down(console: Console, rows: Rows) -> None:
    with running(DATABASE, worker=False, queue=3, log=console.log, PRODUCT_DATABASE_URL=down()) as alone:
        stands(alone.url)
    failed = "SELECT outcome, sentence FROM audit_event WHERE type = 'panel.section_failed' ORDER BY seq DESC LIMIT 1"
    assert rows(failed)[0]["outcome"] == "failed"


def test_a_product_database_that_never_answers(console: Console) -> None:
    with (
        silent() as address,
        running(DATABASE, worker=False, queue=3, log=console.log, PRODUCT_DATABASE_URL=address) as alone,
    ):
        stands(alone.url)


@pytest.fixture
def slow_policy(tmp_path: Path) -> str:
    """A database whose policy has one panel with a section that sleeps."""
    name = clone("console_slow")
    bundle = shutil.copytree(ROOT / "demo" / "policy", tmp_path / "policy")
    (bundle / "panels" / "slow.toml").write_text(SLOW, encoding="utf-8")
    version = run("manage.py", "policy", "propose", str(bundle), "--as", "admin", database=name).split()[-1]
    run("manage.py", "policy", "activate", version, "--as", "compliance", database=name)
    return name


def test_a_slow_section_is_given_up_and_the_others_are_shown(slow_policy: str) -> None:
    with running(slow_policy, worker=False, queue=4) as alone:
        page = Person(alone.url, "agent").get(f"/tenants/{SLUG}/panels/slow/")
        assert page.status_code == 200
        assert "did not answer within 3 seconds" in page.text
        assert "People counted" in page.text
        ready = httpx.get(f"{alone.url}/readyz", timeout=60)
        assert ready.json()["parts"]["source product"] == "ok"

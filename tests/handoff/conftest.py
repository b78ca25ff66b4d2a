"""An agent in a support session, and a product that knows the console."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from impersonation.oauth.actions import clients
from impersonation.product import keys
from impersonation.product.remote import RemoteKeys
from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - the browser of one test here
from tests.handoff.product import Product, serving


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with serving(Product(tmp_path_factory.mktemp("product-keys"))) as product:
        yield product


@pytest.fixture
def product(
    served: Product, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path_factory: Any
) -> Product:
    """The product that the demo's policy names, at an address of this test."""
    settings.SESSION_KEYS = str(tmp_path_factory.mktemp("console-keys"))
    keys.make_keys(settings.SESSION_KEYS)
    monkeypatch.setenv("PRODUCT_URL", served.url)
    monkeypatch.setattr(clients, "_keys", RemoteKeys())
    served.heard.clear()
    served.status, served.says = 200, {}
    return served


@pytest.fixture
def session(db: None, browse_as: Callable[[str], Client], people: Callable[[str], Any], tenant: Any) -> Any:
    """A live session of the agent, who acts as an accountant of the tenant."""
    from impersonation.actions import start_session
    from tests.grants.desk import approve, asked

    request = asked(
        browse_as("agent"),
        tenant,
        scopes=["session.view", "session.act", "sync.rerun", "invoice_email.update"],
        minutes="30",
        reason="The customer reports that the invoice page fails; I want to see what they see.",
    )
    for name in ("approver", "approver2"):
        answer = approve(browse_as(name), request)
        assert answer.status_code == 302, answer.content.decode()
    return start_session(actor=people("agent"), grant=request.grants.get(), subject_id=subject_of(tenant))


def subject_of(tenant: Any) -> str:
    """Return the id of a user of the product who may be acted for."""
    import os

    import psycopg

    with psycopg.connect(os.environ["PRODUCT_DATABASE_URL"]) as source:
        found = source.execute(
            "SELECT id FROM users WHERE tenant_id = %s AND status = 'active' AND role <> 'owner' ORDER BY created_at LIMIT 1",
            [tenant.external_id],
        ).fetchone()
    assert found, "the tenant has such a user"
    return str(found[0])


@pytest.fixture
def agent(browse_as: Callable[[str], Client], session: Any) -> Client:
    """The agent's browser."""
    return browse_as("agent")

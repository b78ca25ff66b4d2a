"""A proposed version with one changed panel, in words."""

import os
from pathlib import Path

import pytest

from opsconsole.lib.bundle import Bundle

DEMO = Path(__file__).resolve().parents[2] / "demo" / "policy"
TRIAL = """
title = "Trial"
question = "Who is behind this account?"
area = "account"
owner = "account-desk"
escalation = "A change of owner goes to account-desk."
scope = "{scope}"
[[section]]
key = "people"
title = "People"
kind = "table"
source = "{source}"
tenant_column = "tenant_id"
query = "select tenant_id, email, email as alias, status from users where tenant_id = :tenant order by email"
  [[section.column]]
  key = "email"
  kind = "{email}"
  [[section.column]]
  key = "alias"
  kind = "secret"
  [[section.column]]
  key = "status"
  kind = "public"
  [[section.says]]
  when = {{ column = "email", matches = "@" }}
  say = "Somebody has an address."
"""


@pytest.fixture
def propose(people):
    """Store the demo's bundle with a panel `trial` as a proposal of one of the cast and return its version.

    The product is out of reach meanwhile, because the check would read it.
    """
    from audit.actions import propose_policy

    def proposed(by="admin", more=None, **fields):
        text = TRIAL.format(**{"scope": "account.read", "source": "product", "email": "personal"} | fields)
        files = {**Bundle.from_directory(DEMO).files, "panels/trial.toml": text} | (more or {})
        address = os.environ.pop("PRODUCT_DATABASE_URL")
        try:
            return propose_policy(actor=people(by), bundle=Bundle(files)).version
        finally:
            os.environ["PRODUCT_DATABASE_URL"] = address

    return proposed


@pytest.fixture
def active():
    """The version in force."""
    from audit.models import PolicyVersion

    return PolicyVersion.objects.get(state="active").version


@pytest.fixture
def addresses(tenant):
    """The e-mail addresses that the product holds of the tenant."""
    import psycopg

    with psycopg.connect(os.environ["PRODUCT_DATABASE_URL"]) as product:
        rows = product.execute(
            "select email from users where tenant_id = %s", [tenant.external_id]
        ).fetchall()
    return [email for (email,) in rows]

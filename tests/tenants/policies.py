"""Puts a changed bundle in force for one test."""

import os
from pathlib import Path

from audit.actions import install_first_policy
from audit.refs import Actor
from opsconsole.lib.bundle import Bundle

DEMO = Path(__file__).resolve().parents[2] / "demo" / "policy"


def put_in_force(**files: str) -> None:
    """The demo's bundle with some files replaced or added; `__` stands for the slash in a path.

    The product is out of reach meanwhile: `policy check` would refuse what these tests try.
    """
    changed = {name.replace("__", "/") + ".toml": text for name, text in files.items()}
    address = os.environ.pop("PRODUCT_DATABASE_URL")
    try:
        install_first_policy(
            proposer=Actor("system", "one", "One"),
            activator=Actor("system", "two", "Two"),
            bundle=Bundle({**Bundle.from_directory(DEMO).files, **changed}),
        )
    finally:
        os.environ["PRODUCT_DATABASE_URL"] = address


def panel(query: str, *, source: str = "product", timeout: float = 3, more: str = "") -> str:
    """A panel of one section with one public column `what`."""
    return f'''
title = "Trial"
question = "Does it hold?"
area = "activity"
scope = "account.read"
[[section]]
key = "rows"
title = "Rows"
kind = "table"
source = "{source}"
tenant_column = "tenant_id"
timeout_seconds = {timeout}
query = """
{query}
"""
{more}
  [[section.column]]
  key = "what"
  kind = "public"
'''

"""The demo's policy with second factors on."""

import os
import re
from pathlib import Path

import pytest

from opsconsole.lib.bundle import Bundle

DEMO = Path(__file__).resolve().parents[2] / "demo" / "policy"
OFF = "second_factor = false"


@pytest.fixture
def with_policy(people):
    """Put the demo's bundle in force with second factors on, other lines under `[step_up]`, and texts of `roles.toml` changed."""
    from audit.actions import activate_policy, propose_policy

    def put(step_up="", changes=()):
        files = dict(Bundle.from_directory(DEMO).files)
        assert OFF in files["roles.toml"]
        text = files["roles.toml"].replace(OFF, "second_factor = true")
        files["roles.toml"] = (
            re.sub(r"\[step_up\][^\[]*\[\"?[^\]]*\]", f"[step_up]\n{step_up}", text) if step_up else text
        )
        for before, after in changes:
            assert before in files["roles.toml"]
            files["roles.toml"] = files["roles.toml"].replace(before, after)
        address = os.environ.pop("PRODUCT_DATABASE_URL")
        try:
            version = propose_policy(actor=people("admin"), bundle=Bundle(files)).version
        finally:
            os.environ["PRODUCT_DATABASE_URL"] = address
        activate_policy(actor=people("compliance"), version=version)

    return put


@pytest.fixture
def strict(with_policy):
    """Second factors on, everything else as in the demo."""
    with_policy()

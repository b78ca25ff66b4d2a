"""A second start skips what is done, and only that."""

from pathlib import Path

import pytest

from demo.options import DemoSettings
from demo.prepared import Prepared


def prepared(tmp_path: Path, **environment: str) -> Prepared:
    return Prepared(DemoSettings.read({"DEMO_DIR": str(tmp_path), **environment}), tmp_path / "policy")


@pytest.fixture(autouse=True)
def policy(tmp_path: Path) -> Path:
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy/roles.toml").write_text("[role.support]\n")
    return tmp_path / "policy"


def test_the_same_code_policy_and_day_need_nothing_again(tmp_path: Path) -> None:
    assert not prepared(tmp_path).is_done()
    prepared(tmp_path).keep()
    assert prepared(tmp_path).is_done()
    prepared(tmp_path).forget()
    assert not prepared(tmp_path).is_done()


def test_another_policy_is_put_in_place(tmp_path: Path, policy: Path) -> None:
    prepared(tmp_path).keep()
    (policy / "roles.toml").write_text("[role.success]\n")
    assert not prepared(tmp_path).is_done()


@pytest.mark.parametrize("name", ["DATABASE_URL", "PRODUCT_DATABASE_URL"])
def test_a_database_of_ones_own_is_always_looked_at(tmp_path: Path, name: str) -> None:
    prepared(tmp_path).keep()
    assert not prepared(tmp_path, **{name: "postgresql://mine/mine"}).is_done()

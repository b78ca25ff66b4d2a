"""What only the tests of access need."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.grants.triggers import on_again


@pytest.fixture
def shift(as_owner: Callable[[str], str]) -> Callable[..., None]:
    """Move the times of a grant by seconds, as the owner of the tables: there is no clock to set in the product."""

    def move(grant: Any, seconds: float) -> None:
        moved = f"+ make_interval(secs => {seconds})"
        as_owner(
            f"""ALTER TABLE grants_grant DISABLE TRIGGER USER; ALTER TABLE grants_grantscope DISABLE TRIGGER USER;
                UPDATE grants_grant SET starts_at = starts_at {moved}, counts_from = counts_from {moved}, expires_at = expires_at {moved}
                    WHERE id = '{grant.pk}';
                UPDATE grants_grantscope SET starts_at = starts_at {moved}, until = until {moved} WHERE grant_id = '{grant.pk}';
                {on_again("grants_grant", "grants_grantscope")}"""
        )

    return move


@pytest.fixture
def leave(as_owner: Callable[[str], str]) -> Callable[[str], None]:
    """Deactivate a person behind the console's back, as the owner."""

    def go(username: str) -> None:
        as_owner(
            f"""ALTER TABLE accounts_person DISABLE TRIGGER USER;
                UPDATE accounts_person SET is_active = false WHERE username = '{username}';
                ALTER TABLE accounts_person ENABLE TRIGGER USER"""
        )

    return go

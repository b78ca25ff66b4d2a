"""One world for the whole matrix, in a transaction that is rolled back; each request is undone as well."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.matrix.world import World, make_world, undone


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The seeded world, once for all tests of this directory."""
    with django_db_blocker.unblock():
        try:
            with undone():
                yield make_world()
        finally:
            connection.close()

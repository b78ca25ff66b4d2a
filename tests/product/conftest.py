from collections.abc import Iterator

import pytest

from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - the fixture of that name
from tests.product.world import Product, running_product


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    """The demo product, started once for this folder."""
    with running_product() as started:
        yield started

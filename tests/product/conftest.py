from collections.abc import Iterator

import pytest

from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - the fixture of that name
from tests.product.world import Product, running_product


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demo product, started once for this folder."""
    with running_product(tmp_path_factory.mktemp("product")) as started:
        yield started

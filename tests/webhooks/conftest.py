"""A shop for the tests of this folder."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.stores import guarded_store
from tests.webhooks.shop import Shop


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store that no hub of other tests looks at: one would tell these webhooks before the test does."""
    with guarded_store(tmp_path_factory.mktemp("webhooks")) as url:
        yield url


@pytest.fixture
async def shop(store_url: str) -> AsyncIterator[Shop]:
    """An organization of the test's own."""
    async with Shop.opened(store_url) as shop:
        yield shop

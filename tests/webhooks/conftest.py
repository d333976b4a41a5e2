"""A shop for the tests of this folder."""

from collections.abc import AsyncIterator

import pytest

from tests.webhooks.shop import Shop


@pytest.fixture
async def shop(store_url: str) -> AsyncIterator[Shop]:
    """An organization of the test's own."""
    async with Shop.opened(store_url) as shop:
        yield shop

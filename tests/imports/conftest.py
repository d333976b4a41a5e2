"""An organization to import into."""

from collections.abc import AsyncIterator

import pytest

from tests.imports.importing import Office, opened


@pytest.fixture
async def office(store_url: str) -> AsyncIterator[Office]:
    """An organization of two shards in a real store."""
    async with opened(store_url) as office:
        yield office

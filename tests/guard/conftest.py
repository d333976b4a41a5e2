"""A server that counts what it does, for each test one of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.guard.spending import Spending


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Spending]:
    """A real hub with its embedded store, nobody connected."""
    async with Spending(tmp_path / "data") as running:
        yield running

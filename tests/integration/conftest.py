"""Real servers for the tests of this folder."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.hubs import two_hubs, valkey
from tests.integration.serving import Running

__all__ = ["two_hubs", "valkey"]


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests that leave it as it was: use a user_id or an organization of your own."""
    server = Running(tmp_path_factory.mktemp("shared"))
    asyncio.run(server.start())
    yield server
    asyncio.run(server.end())
    assert "Traceback" not in server.log()


@pytest.fixture
async def make_server(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """Make servers of the test's own, with these settings; all end with the test, and none logs a
    traceback."""
    made: list[Running] = []

    async def make(*, store_url: str | None = None, **settings: str) -> Running:
        server = Running(tmp_path / f"data{len(made)}", store_url, **settings)
        made.append(server)
        return await server.start()

    yield make
    for server in reversed(made):
        await server.end()
        assert "Traceback" not in server.log()


@pytest.fixture
def user_id() -> str:
    """A user_id of the test's own."""
    return f"user-{secrets.token_hex(8)}"

"""What talks to the store's sockets is tested on both event loops: their transports differ."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
import uvloop

from tests.store.link_proxy import Proxy
from tests.store.link_store import Valkey


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops for the link and the subscriber; the rest of this folder uses no transport of ours."""
    loops = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    if item.path.name.startswith(("test_link", "test_subscriber")):
        return loops
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Valkey]:
    """A store of the test's own, to be flushed, killed and misconfigured."""
    with Valkey(tmp_path) as store:
        yield store


@pytest.fixture
async def proxy(store: Valkey) -> AsyncIterator[Proxy]:
    """A way to that store that can be cut."""
    async with Proxy(store.path) as proxy:
        yield proxy

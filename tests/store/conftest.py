"""What talks to the store's sockets is tested on both event loops: their transports differ."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
import uvloop

from onethread.store.subscriber import Subscriber
from tests.store.link_proxy import Proxy
from tests.store.link_store import Valkey
from tests.store.thread_log import ThreadLog, new_log


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


@pytest.fixture
async def log(store_url: str) -> AsyncIterator[ThreadLog]:
    """A stored thread of an organization of its own."""
    async with new_log(store_url) as log:
        yield log


@pytest.fixture
async def signals(store_url: str, log: ThreadLog) -> AsyncIterator[list[bytes]]:
    """What hubs that host the thread hear."""
    heard: list[bytes] = []

    def hear(channel: bytes, payload: bytes) -> None:
        heard.append(payload)

    async with Subscriber(store_url, on_message=hear, on_gap=lambda channels: None) as subscriber:
        await subscriber.ready()
        await subscriber.subscribe(log.keys.channel)
        yield heard

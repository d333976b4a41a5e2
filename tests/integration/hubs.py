"""Two hubs on one store, and a way into the store beside them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from onethread.store.link import Link
from tests.integration.serving import Running
from tests.integration.wire import PATIENCE, Customer, Frame
from tests.store.link_store import Valkey
from tests.store.thread_log import ThreadLog

Hubs = tuple[Running, Running]
KEY = {"ONETHREAD_SECRET_KEY": "the-same-key-of-32-bytes-for-all-hubs"}


@pytest.fixture(scope="session")
def two_hubs(tmp_path_factory: pytest.TempPathFactory, store_url: str) -> Iterator[tuple[Running, Running]]:
    """Two servers on one store, for all tests that leave them as they were."""
    folder = tmp_path_factory.mktemp("hubs")
    one, two = (Running(folder / name, store_url, **KEY) for name in ("one", "two"))
    asyncio.run(one.start())
    asyncio.run(two.start())
    yield one, two
    for hub in (one, two):
        asyncio.run(hub.end())
        assert "Traceback" not in hub.log()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A store of the test's own, to be killed and restored."""
    directory = tmp_path / "valkey"
    directory.mkdir()
    with Valkey(directory) as store:
        yield store


@asynccontextmanager
async def beside(server: Running, customer: Customer, org: str = "demo") -> AsyncIterator[ThreadLog]:
    """The customer's thread, as agents write into it and as one looks at it."""
    async with Link(server.store_url) as link:
        await link.ready()
        yield ThreadLog(link, org, customer.thread)


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """Wait until something holds, looked at a bounded number of times."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(0.02)


def one_segment(customer: Customer, frames: list[Frame]) -> None:
    """Send many frames in one write."""
    protocol = customer.socket.protocol
    for frame in frames:
        protocol.send_text(json.dumps(frame).encode())
    customer.socket.transport.write(b"".join(protocol.data_to_send()))


def errors(frames: list[Frame]) -> list[tuple[int, str]]:
    """Code and reason of the errors among these."""
    return [(frame["code"], frame["reason"]) for frame in frames if frame["t"] == "error"]


async def refused(customer: Customer, frame: Frame) -> tuple[int, str]:
    """Send a frame that is answered with an error, and give its code and reason."""
    answer: dict[str, Any] = await customer.ask(frame, "error")
    return answer["code"], answer["reason"]

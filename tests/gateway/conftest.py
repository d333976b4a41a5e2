"""Both edges on both event loops: one conformance suite for all (see tests/gateway/harness.py)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio
import uvloop

from tests.gateway.harness import KINDS, Running, serve


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run each asynchronous test of this folder on both loops: their transports differ."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest_asyncio.fixture(params=KINDS, scope="module", loop_scope="module")
async def running(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    """A server over each of the two edges, for all tests of a module that ask for nothing special."""
    async with serve(request.param) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ready() -> AsyncIterator[Running]:
    """A server over the fast edge, likewise."""
    async with serve("ready") as server:
        yield server

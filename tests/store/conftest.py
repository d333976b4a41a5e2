"""What talks to the store's sockets is tested on both event loops: their transports differ."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops for the link and the subscriber; the rest of this folder uses no transport of ours."""
    loops = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    if item.path.name.startswith(("test_link", "test_subscriber")):
        return loops
    return {"asyncio": asyncio.new_event_loop}

"""What is let go: all of uvicorn's after the handshake, all of a connection's after its end."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvloop
from websockets.server import ServerProtocol

from onethread.gateway.ready import ReadyProtocol
from onethread.gateway.uvicorn_edge import HttpEdge, WebSocketEdge
from tests.gateway import client as raw
from tests.gateway.client import frame
from tests.gateway.harness import Running, serve, until

BINARY = 0x82
"""How a whole, unfragmented binary frame begins."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@contextmanager
def watched_protocols() -> Iterator[list[weakref.ref[object]]]:
    """Weak references to all protocols of both kinds made meanwhile."""
    made: list[weakref.ref[object]] = []
    first, second = HttpEdge.__init__, WebSocketEdge.__init__

    def http_init(self: HttpEdge, *args: object, **kwargs: object) -> None:
        made.append(weakref.ref(self))
        first(self, *args, **kwargs)  # type: ignore[arg-type]

    def websocket_init(self: WebSocketEdge, *args: object, **kwargs: object) -> None:
        made.append(weakref.ref(self))
        second(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpEdge, "__init__", http_init)
        patch.setattr(WebSocketEdge, "__init__", websocket_init)
        yield made


@pytest.mark.parametrize(("kind", "protocols"), [("ready", 1), ("swapped", 2)])
async def test_nothing_of_uvicorn_stays_with_a_connection(kind: str, protocols: int) -> None:
    """After the handshake no protocol, task, scope or queue of uvicorn's is left, without a collection."""
    async with serve(kind) as running:
        gc.collect()
        known = {id(one) for one in in_memory(ServerProtocol)}
        gc.disable()
        try:
            with watched_protocols() as made:
                tasks = asyncio.all_tasks()
                client, session = await running.open()
                await until(lambda: not running.server.server_state.tasks)
                assert [reference() for reference in made] == [None] * protocols
                assert [one for one in in_memory(ServerProtocol) if id(one) not in known] == []
                assert asyncio.all_tasks() <= tasks
                assert running.server.server_state.connections == set()
            client.send(frame(b"alive"))
            assert await client.payload() == b"alive"
            assert session.codes == []
        finally:
            gc.enable()
        await client.leave()


async def test_nothing_of_a_connection_stays_after_its_end(ready: Running) -> None:
    """However a connection ended, its protocol is freed with it, without a collection."""
    gc.collect()
    known = {id(one) for one in in_memory(ReadyProtocol)}
    gc.disable()
    try:
        for code in (1000, 1002, 4430, 4401):
            await end_one(ready, code)
        assert [one for one in in_memory(ReadyProtocol) if id(one) not in known] == []
    finally:
        gc.enable()


async def test_one_spare_state_of_the_library_is_kept(ready: Running) -> None:
    """However many fragmented messages are open at once, a single state is kept when they have ended."""
    gc.collect()
    known = {id(one) for one in in_memory(ServerProtocol)}
    gc.disable()
    try:
        pairs = [await ready.open() for _ in range(5)]
        for client, _ in pairs:
            client.send(frame(b"be", fin=False), frame(b"", raw.PING))
            await client.frame()
        assert len([one for one in in_memory(ServerProtocol) if id(one) not in known]) >= 4
        for client, _ in pairs:
            client.send(frame(b"gun", raw.CONTINUATION))
            await client.payload()
        assert len([one for one in in_memory(ServerProtocol) if id(one) not in known]) <= 1
    finally:
        gc.enable()
    for client, _ in pairs:
        await client.leave()


def in_memory(kind: type) -> list[object]:
    """Every object of this type, whoever's it is."""
    return [one for one in gc.get_objects() if isinstance(one, kind)]


async def end_one(running: Running, code: int) -> None:
    """Open a connection, leave a message unfinished in it, and end it in the way this code stands for."""
    client, session = await running.open()
    assert isinstance(session.peer, ReadyProtocol)
    transport = weakref.ref(session.peer._transport)
    client.send(frame(b"half", fin=False), frame(b"", raw.PING))
    await client.frame()
    match code:
        case 1000:
            client.send(raw.close(1000))
        case 1002:
            client.send(frame(b"", 3))
        case 4430:
            session.peer.abort(code)
        case _:
            session.peer.close(code)
            client.send(raw.close(code))
    await client.end()
    await session.ended()
    await client.leave()
    # The test's own session refers to itself.
    del session.on_message
    running.sessions.clear()
    if isinstance(asyncio.get_running_loop(), uvloop.Loop):
        # asyncio's own transport refers to itself.
        await until(lambda: transport() is None)


async def test_library_s_state_is_kept_only_while_a_message_is_open(ready: Running) -> None:
    """With the last fragment its rules go; control frames leave none; whole messages are read without."""
    client, session = await ready.open()
    peer = session.peer
    assert isinstance(peer, ReadyProtocol)
    client.send(frame(b"", raw.PING))
    await client.frame()
    assert (peer._rules, peer._first) == (None, BINARY)
    client.send(frame(b"be", fin=False), frame(b"", raw.PING))
    await client.frame()
    assert peer._rules is not None
    client.send(frame(b"gun", raw.CONTINUATION))
    assert await client.payload() == b"begun"
    assert (peer._rules, peer._first) == (None, BINARY)
    await client.leave()

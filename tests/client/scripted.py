"""A WebSocket server on the loopback that plays recorded exchanges, one script a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgpack
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.client.builders import Frame, ready, replay

PATIENCE = 20.0


class Peer:
    """The server's end of one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self.heard: list[Frame] = []

    async def send(self, *frames: Frame) -> None:
        """Writes these, in order."""
        for frame in frames:
            await self._socket.send(msgpack.packb(frame))

    async def garble(self, message: bytes) -> None:
        """Writes a message that is no frame."""
        await self._socket.send(message)

    async def ping(self) -> None:
        """A ping of the WebSocket protocol's, and waits for its pong."""
        await (await self._socket.ping())

    async def expect(self, t: str) -> Frame:
        """The next frame of type `t`; what comes before it is in `heard`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self._socket.recv()
                assert isinstance(message, bytes), "MessagePack comes in binary messages"
                frame = msgpack.unpackb(message)
                self.heard.append(frame)
                if frame["t"] == t:
                    return frame

    async def admit(self, *events: Frame, **fields: Any) -> Frame:
        """Takes the init, which it answers, and sends `ready` and a replay of these events."""
        init = await self.expect("init")
        thread = {"thread": fields["thread"]} if "thread" in fields else {}
        await self.send(ready(head=len(events), **fields), replay(*events, **thread))
        return init

    async def close(self, code: int) -> None:
        """Closes with this code."""
        await self._socket.close(code)

    def stop_reading(self) -> None:
        """Reads nothing any more, so that what the client writes piles up on the way."""
        self._socket.transport.pause_reading()

    def cut(self) -> None:
        """Cuts the line, without a close frame."""
        self._socket.transport.abort()

    async def silence(self) -> list[Frame]:
        """Waits for the client to end the connection; everything it ever wrote on it."""
        with suppress(ConnectionClosed):
            await self.expect("nothing of this type exists")
        return self.heard


Script = Callable[[Peer], Awaitable[None]]


async def admitted(peer: Peer) -> None:
    """A connection that is admitted, and stays."""
    await peer.admit()


@asynccontextmanager
async def scripted(*scripts: Script, port: int = 0) -> AsyncIterator[str]:
    """Serves the scripts, the first to the first connection and so on; the URL.

    A connection stays open after its script until the client ends it. Whatever fails in a script fails the
    test.
    """
    left = list(scripts)
    failures: list[BaseException] = []

    async def play(socket: ServerConnection) -> None:
        try:
            assert left, "one connection more than the test foresees"
            await left.pop(0)(Peer(socket))
            await socket.wait_closed()
        except (ConnectionClosed, AssertionError, TimeoutError) as error:
            failures.append(error)

    options: dict[str, Any] = {
        "subprotocols": ["onethread.v1.msgpack"],
        "ping_interval": None,
        "close_timeout": 1,
    }
    async with serve(play, "127.0.0.1", port, **options) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/ws"
    assert not failures, failures
    assert not left, f"{len(left)} connections were never made"

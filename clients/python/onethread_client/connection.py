"""One WebSocket to an Onethread server, frame by frame: what `Client` stands on, and what a test of a server
wants.

async with connect("ws://127.0.0.1:8000/ws") as connection:
    await connection.send({"t": "init", "org": "demo", …})
    ready = await connection.receive()
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.protocol import State as SocketState
from websockets.typing import Origin, Subprotocol

from onethread_client.errors import ConnectionEnded
from onethread_client.wire import FRAME_BYTES, SUBPROTOCOLS, Codec, Frame, pack, unpack

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Seconds for the other side to answer a close frame. Nothing is lost by not waiting: commands have acks.
CLOSE_WITHIN = 2.0


class HeardSocket(ClientConnection):
    """Knows when it last heard anything, pings included, which the library answers by itself."""

    heard_at = 0.0

    def data_received(self, data: bytes) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        super().data_received(data)


class Connection:
    """An open socket that speaks one codec. Made by `connect`."""

    def __init__(self, socket: HeardSocket, codec: Codec) -> None:
        self._socket = socket
        self._codec = codec

    @property
    def heard_at(self) -> float:
        """The loop's time when anything last came."""
        return self._socket.heard_at

    @property
    def subprotocol(self) -> str | None:
        """As the server chose it."""
        return self._socket.subprotocol

    async def send(self, frame: Mapping[str, object]) -> None:
        """Writes one frame. Raises `ConnectionEnded`, and `ValueError` for what the codec cannot encode."""
        await self.send_raw(pack(frame, self._codec))

    async def send_raw(self, message: bytes | str) -> None:
        """Writes one WebSocket message as it is: bytes as binary, text as text. Raises `ConnectionEnded`."""
        try:
            await self._socket.send(message)
        except ConnectionClosed as closed:
            raise ended(closed) from None

    async def receive(self, timeout: float | None = None) -> Frame:  # noqa: ASYNC109 - a test's own bound
        """The next frame. Raises `ConnectionEnded`, `BadFrame`, and `TimeoutError` after so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                return unpack(await self._socket.recv())
        except ConnectionClosed as closed:
            raise ended(closed) from None

    async def expect(self, t: str, timeout: float = 10.0) -> Frame:  # noqa: ASYNC109 - a test's own bound
        """The next frame of type `t`; others before it are passed over. Raises as `receive`."""
        async with asyncio.timeout(timeout):
            while True:
                frame = await self.receive()
                if frame.get("t") == t:
                    return frame

    async def closed(self, timeout: float = 10.0) -> int:  # noqa: ASYNC109 - a test's own bound
        """The code that the other side closes with, 1006 without one; frames before it are passed over."""
        async with asyncio.timeout(timeout):
            while True:
                try:
                    await self.receive()
                except ConnectionEnded as over:
                    return over.code

    async def close(self, code: int = 1000) -> None:
        """Closes the socket; one that is closed already is no error."""
        await self._socket.close(code)

    def abort(self) -> None:
        """Cuts the socket at once, without a close frame."""
        self._socket.transport.abort()


def ended(closed: ConnectionClosed) -> ConnectionEnded:
    """The library's exception as this package's. 1006 unless the other side sent a code."""
    frame = closed.rcvd
    return ConnectionEnded(frame.code, frame.reason) if frame else ConnectionEnded(1006)


def unreached(error: Exception) -> str:
    """Why no connection came about, for a person."""
    if isinstance(error, InvalidStatus):
        return f"the server answered {error.response.status_code}"
    if isinstance(error, TimeoutError) and not error.errno:
        return "no answer in time"
    # The loop words a failed connect by itself, and of several addresses all at once: the number is the same.
    number = re.search(r"\[Errno (\d+)\] Connect call failed", str(error))
    return os.strerror(int(number[1])) if number else getattr(error, "strerror", None) or str(error)


@asynccontextmanager
async def connect(
    url: str,
    *,
    codec: Codec = "msgpack",
    origin: str | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,  # noqa: ASYNC109 - of the handshake
    **options: Any,
) -> AsyncIterator[Connection]:
    """An open connection, closed at the end of the block. Nothing is sent but the handshake.

    `options` go to `websockets`. Raises `ConnectionEnded` with code 1006 if the server cannot be reached or
    does not accept the handshake; its `close_reason` says why, in words for a person.
    """
    try:
        socket = await open_socket(
            url,
            subprotocols=[Subprotocol(SUBPROTOCOLS[codec])],
            origin=Origin(origin) if origin else None,
            additional_headers=headers,
            open_timeout=timeout,
            create_connection=HeardSocket,
            **(_usual(url) | options),
        )
    except InvalidURI:
        raise
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise ConnectionEnded(1006, unreached(error)) from error
    assert isinstance(socket, HeardSocket)  # noqa: S101 - create_connection made it
    try:
        yield Connection(socket, codec)
    finally:
        if socket.state is not SocketState.CLOSED:
            await socket.close()


def _usual(url: str) -> dict[str, Any]:
    # A system's proxy is not for the loopback, whatever its exceptions forgot to list.
    proxy: Literal[True] | None = None if urlsplit(url).hostname in LOOPBACK else True
    return {
        "proxy": proxy,
        "compression": None,
        "close_timeout": CLOSE_WITHIN,
        "max_size": FRAME_BYTES,
        # The server's heartbeat and `Liveness` look after that.
        "ping_interval": None,
    }

"""A WebSocket client that can do everything wrong: bytes in, frames out, over a plain socket."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
CONTINUATION = 0x0
MSGPACK = "onethread.v1.msgpack"
PATIENCE = 20.0
"""Seconds after which a test fails that would else hang."""


def frame(
    payload: bytes,
    opcode: int = BINARY,
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    length_bytes: int | None = None,
    claimed: int | None = None,
) -> bytes:
    """A client's frame; `length_bytes` (1, 2 or 8) forces the header's form, `claimed` its length."""
    size = len(payload) if claimed is None else claimed
    if length_bytes is None:
        length_bytes = 1 if size < 126 else 2 if size < 65_536 else 8
    head = bytes(((0x80 if fin else 0) | rsv << 4 | opcode,))
    bit = 0x80 if masked else 0
    match length_bytes:
        case 1:
            head += bytes((bit | size,))
        case 2:
            head += struct.pack("!BH", bit | 126, size)
        case _:
            head += struct.pack("!BQ", bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def close(code: int | None = None, reason: bytes = b"") -> bytes:
    """A client's close frame."""
    return frame(b"" if code is None else struct.pack("!H", code) + reason, CLOSE)


def request(
    *, path: str = "/ws", method: str = "GET", version: str = "HTTP/1.1", **headers: str | None
) -> bytes:
    """A handshake; headers by name with `_` for `-`, None to leave one out."""
    fields: dict[str, str | None] = {
        "host": "onethread.test",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(),
        "sec-websocket-version": "13",
        "sec-websocket-protocol": MSGPACK,
    }
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{method} {path} {version}"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Frame:
    """A frame as the server sent it."""

    opcode: int
    payload: bytes
    fin: bool = True

    @property
    def code(self) -> int:
        """A close frame's code."""
        return int(struct.unpack("!H", self.payload[:2])[0])


class Client:
    """One TCP connection to a server; every wait is bounded."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def dial(cls, port: int, *, receive_buffer: int | None = None) -> Client:
        """A TCP connection, with nothing said yet."""
        sock = socket.socket()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        except OSError:
            sock.close()
            raise
        # The small limit keeps the stream from reading ahead of the test.
        return cls(*await asyncio.open_connection(sock=sock, limit=2**16))

    @classmethod
    async def open(cls, port: int, *, receive_buffer: int | None = None, **headers: str | None) -> Client:
        """A connection whose handshake has succeeded."""
        client = await cls.dial(port, receive_buffer=receive_buffer)
        client.send(request(**headers))
        status, _ = await client.response()
        assert status == 101
        return client

    def send(self, *pieces: bytes) -> None:
        """Send bytes, in one segment if they fit."""
        self.writer.write(b"".join(pieces))

    async def response(self) -> tuple[int, dict[str, str]]:
        """The head of an HTTP response: status and headers (names in lower case)."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        return int(status.split()[1]), {name.lower(): value for name, value in headers.items()}

    async def frame(self) -> Frame:
        """The server's next frame, which must not be masked (RFC 6455 5.1)."""
        async with asyncio.timeout(PATIENCE):
            first, size = await self.reader.readexactly(2)
            assert not size & 0x80
            assert not first & 0x70
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return Frame(first & 0xF, await self.reader.readexactly(size), bool(first & 0x80))

    async def payload(self) -> bytes:
        """The next message's payload."""
        got = await self.frame()
        assert got.opcode in (TEXT, BINARY)
        return got.payload

    async def close_code(self) -> int:
        """The code of the server's close frame, whatever came before; answers it and awaits the end."""
        while (got := await self.frame()).opcode != CLOSE:
            pass
        if not self.writer.is_closing():
            self.send(frame(got.payload, CLOSE))
        await self.end()
        return got.code

    async def end(self) -> bytes:
        """What comes until the server ends its side (b"" if it was a reset); then this side ends too."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.reader.read()
        except ConnectionError:
            return b""
        finally:
            self.writer.close()

    def vanish(self) -> None:
        """End the connection with a reset, without a word."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def leave(self) -> None:
        """Close the socket, whatever its state."""
        self.writer.transport.abort()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

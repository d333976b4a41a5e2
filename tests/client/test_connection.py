"""One bare connection: frames in and out in either codec, and how it ends."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from onethread_client import BadFrame, ConnectionEnded, connect
from onethread_client.connection import unreached
from onethread_client.wire import Codec
from tests.app.free import free_ports
from tests.client.scripted import Peer, scripted


async def test_frames_go_out_and_come_in() -> None:
    """Maps in, maps out; the subprotocol is the codec's."""

    async def script(peer: Peer) -> None:
        frame = await peer.expect("ping")
        await peer.send({"t": "other"}, {"t": "pong", "at": frame["n"]})

    async with scripted(script) as url, connect(url) as connection:
        assert connection.subprotocol == "onethread.v1.msgpack"
        await connection.send({"t": "ping", "n": 5})
        assert await connection.expect("pong") == {"t": "pong", "at": 5}


@pytest.mark.parametrize(("codec", "kind"), [("msgpack", bytes), ("json", str)])
async def test_each_codec_has_its_message_type(codec: Codec, kind: type) -> None:
    """MessagePack in binary messages, JSON in text ones; raw messages go as they are (WIRE.md section 1)."""
    got: list[object] = []

    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            got.append(message)
            await socket.send(message)

    both = ["onethread.v1.msgpack", "onethread.v1.json"]
    async with serve(echo, "127.0.0.1", 0, subprotocols=both) as server:  # type: ignore[arg-type]
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"
        async with connect(url, codec=codec) as connection:
            await connection.send({"t": "ü"})
            assert await connection.receive() == {"t": "ü"}
            await connection.send_raw(json.dumps({"t": "raw"}))
            assert await connection.receive() == {"t": "raw"}
            await connection.send_raw(b"\xc1")
            with pytest.raises(BadFrame):
                await connection.receive()
    assert [type(message) for message in got] == [kind, str, bytes]


async def test_the_close_code_is_told() -> None:
    """By whatever is awaited, and by `closed`."""

    async def script(peer: Peer) -> None:
        await peer.send({"t": "pong", "at": 1})
        await peer.close(4429)

    async with scripted(script) as url, connect(url) as connection:
        assert await connection.closed() == 4429
        with pytest.raises(ConnectionEnded) as ended:
            await connection.receive()
        assert ended.value.code == 4429
        with pytest.raises(ConnectionEnded):
            await connection.send({"t": "ping"})


async def test_a_cut_line_is_1006() -> None:
    """No close frame came."""

    async def script(peer: Peer) -> None:
        peer.cut()

    async with scripted(script) as url, connect(url) as connection:
        assert await connection.closed() == 1006


async def why(url: str, **options: float) -> str:
    """Why no connection came about; the code is 1006, so that it is handled as a lost one."""
    with pytest.raises(ConnectionEnded) as ended:
        async with connect(url, **options):  # type: ignore[arg-type]
            pass
    assert ended.value.code == 1006
    return ended.value.close_reason


async def test_a_server_that_is_not_there_is_1006() -> None:
    """So that "not reached" and "lost" are handled alike; the reason is for a person."""
    port = free_ports(1)[0]
    assert await why(f"ws://127.0.0.1:{port}/ws") == "Connection refused"
    assert await why(f"ws://localhost:{port}/ws") == "Connection refused"
    assert unreached(socket.gaierror(-2, "Name or service not known")) == "Name or service not known"


async def test_what_is_no_such_server_is_told_by_its_answer() -> None:
    """Another path, another kind of server, one that says nothing."""

    async def unheard(_: ServerConnection) -> None:
        raise AssertionError("a connection was made")

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def no_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"+PONG\r\n\r\n")
        writer.close()

    def elsewhere(asking: ServerConnection, _: Request) -> Response:
        return asking.respond(404, "not here")

    async with serve(unheard, "127.0.0.1", 0, process_request=elsewhere) as server:
        assert (
            await why(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/nowhere")
            == "the server answered 404"
        )
    async with await asyncio.start_server(nothing, "127.0.0.1", 0) as silent:
        assert (
            await why(f"ws://127.0.0.1:{silent.sockets[0].getsockname()[1]}/ws", timeout=0.1)
            == "no answer in time"
        )
    async with await asyncio.start_server(no_http, "127.0.0.1", 0) as foreign:
        assert "HTTP" in await why(f"ws://127.0.0.1:{foreign.sockets[0].getsockname()[1]}/ws")


async def test_hearing_a_ping_of_the_protocol_counts() -> None:
    """The library answers it unseen, but it is a sign of life."""

    ponged = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.expect("ping")
        await peer.ping()
        ponged.set()

    async with scripted(script) as url, connect(url) as connection:
        before = connection.heard_at
        await connection.send({"t": "ping"})
        await ponged.wait()
        assert connection.heard_at > before

"""All that the fast edge relies on in uvicorn's private protocol classes, one by one.

When uvicorn is updated and a test here fails, onethread/gateway/uvicorn_edge.py has to be read again.
"""

import asyncio
import inspect
import logging
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from httptools import HttpRequestParser
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.server import ServerProtocol

from onethread.gateway.server import config
from onethread.gateway.uvicorn_edge import EARLY_BYTES, SWAP, HttpEdge, WebSocketEdge
from tests.gateway import client as raw
from tests.gateway.client import Client, frame, request
from tests.gateway.harness import Running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def no_app(scope: object, receive: object, send: object) -> None:
    """An application that is never called."""


def protocols() -> tuple[HttpEdge, WebSocketEdge]:
    """One of each protocol, without a connection."""
    settings = config(no_app, None, host="127.0.0.1", port=0)
    settings.load()
    state = uvicorn.server.ServerState()
    return HttpEdge(settings, state, {}), WebSocketEdge(settings, state, {})


async def test_http_protocol_has_what_is_used() -> None:
    """HttpToolsProtocol: `parser`, `transport`, `loop`, and the callbacks and methods that are extended."""
    http, _ = protocols()
    assert isinstance(http.parser, HttpRequestParser)
    assert http.transport is None
    assert http.loop is asyncio.get_running_loop()
    for name in ("on_message_begin", "on_headers_complete", "handle_websocket_upgrade", "data_received"):
        assert list(inspect.signature(getattr(HttpToolsProtocol, name)).parameters)[:1] == ["self"]
    assert list(inspect.signature(HttpToolsProtocol.send_400_response).parameters) == ["self", "msg"]
    # The upgrade is handled inside the `except`, whose exception tells where the rest begins.
    assert "except httptools.HttpParserUpgrade" in inspect.getsource(HttpToolsProtocol.data_received)


async def test_websocket_protocol_has_what_is_used() -> None:
    """WebSocketsSansIOProtocol: the attributes that the swap reads and sets, and the library's below it."""
    _, websocket = protocols()
    assert isinstance(websocket.conn, ServerProtocol)
    assert websocket.conn.logger is websocket.logger
    assert websocket.conn.debug is False
    assert inspect.isgenerator(websocket.conn.parser)
    assert websocket.transport is None
    assert websocket.connections == set()
    assert (websocket.handshake_initiated, websocket.handshake_complete) == (False, False)
    assert (websocket.close_sent, websocket.disconnected) == (False, False)
    assert websocket.close_timer is None
    assert websocket.ping_timer is None
    assert isinstance(websocket.logger, logging.Logger)
    for name in ("stop_keepalive", "data_received", "handle_connect", "send", "run_asgi"):
        assert callable(getattr(WebSocketsSansIOProtocol, name))
    # All that run_asgi does when the application has returned is done to `self.transport`.
    source = inspect.getsource(WebSocketsSansIOProtocol.run_asgi)
    assert source.rstrip().endswith("if self.close_timer is None:\n            self.transport.close()")


async def test_library_state_has_what_is_used() -> None:
    """ServerProtocol: what `rules.py` reads of its state between frames."""
    rules = ServerProtocol()
    assert rules.current_size is None
    assert (rules.parser_exc, rules.close_sent, rules.close_rcvd) == (None, None, None)


async def test_shutdown_of_uvicorn_does_not_touch_a_swapped_connection(ready: Running) -> None:
    """uvicorn calls `shutdown()` on the members of `connections`; a swapped one is none of them."""
    client, session = await ready.open()
    for connection in list(ready.server.server_state.connections):
        connection.shutdown()
    client.send(frame(b"alive"))
    assert await client.payload() == b"alive"
    assert session.codes == []
    await client.leave()


@asynccontextmanager
async def plain(app: Starlette, **settings: object) -> AsyncIterator[int]:
    """uvicorn with our protocols and an application of the test's; the port."""
    settings_of_uvicorn = config(app, None, host="127.0.0.1", port=0)
    for name, value in settings.items():
        setattr(settings_of_uvicorn, name, value)
    server = uvicorn.Server(settings_of_uvicorn)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def test_accept_does_not_yield_to_the_loop() -> None:
    """From the 101 to the next line of the application no other callback runs."""
    ran: list[bool] = []

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.receive()
        turn: list[int] = []
        asyncio.get_running_loop().call_soon(turn.append, 1)
        await websocket.accept()
        ran.append(bool(turn))
        await websocket.close()

    async with plain(Starlette(routes=[WebSocketRoute("/ws", endpoint)])) as port:
        client = await Client.open(port, sec_websocket_protocol=None)
        assert await client.close_code() == 1000
        assert ran == [False]
        await client.leave()


async def test_keepalive_of_uvicorn_is_stopped_by_the_swap() -> None:
    """With uvicorn's own pings switched on, none comes to a connection that was swapped away."""
    taken: list[asyncio.Protocol] = []

    class Silent(asyncio.Protocol):
        """Takes a transport and does nothing with it."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        protocol = Silent()
        websocket.scope["extensions"][SWAP](protocol)
        taken.append(protocol)

    app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
    async with plain(app, ws_ping_interval=0.01, ws_ping_timeout=0.01) as port:
        client = await Client.open(port, sec_websocket_protocol=None)
        await asyncio.sleep(0.1)
        (protocol,) = taken
        protocol.transport.write(b"\x88\x00")  # type: ignore[attr-defined]
        assert (await client.frame()).opcode == raw.CLOSE
        protocol.transport.abort()  # type: ignore[attr-defined]
        await client.leave()


async def test_keepalive_timer_does_not_hold_uvicorn_s_protocol() -> None:
    """A timer of uvicorn's, switched on for an hour, does not keep its protocol in memory after the swap."""
    left: list[weakref.ref[object]] = []

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        swap = websocket.scope["extensions"][SWAP]
        left.append(weakref.ref(swap.__self__))
        swap(asyncio.Protocol())

    app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
    async with plain(app, ws_ping_interval=3_600.0) as port:
        client = await Client.open(port, sec_websocket_protocol=None)
        await until(lambda: left[0]() is None)
        await client.leave()


async def test_application_without_swap_loses_no_early_data() -> None:
    """Other WebSocket routes work as ever, with what came early in its place, whole and half frames."""

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        while True:
            await websocket.send_bytes(await websocket.receive_bytes())

    async with plain(Starlette(routes=[WebSocketRoute("/ws", endpoint)])) as port:
        payloads = [b"early", b"x" * EARLY_BYTES, b"late"]
        stream = b"".join(map(frame, payloads))
        for cut in (1, 5, 12, EARLY_BYTES + 20, len(stream)):
            client = await Client.dial(port)
            client.send(request(sec_websocket_protocol=None), stream[:cut])
            assert (await client.response())[0] == 101
            client.send(stream[cut:])
            assert [await client.payload() for _ in payloads] == payloads
            client.send(raw.close(1000))
            assert await client.close_code() == 1000
            await client.leave()


async def test_swap_is_refused_before_the_accept() -> None:
    """A transport can't be given away before its 101: that is an error of the application."""
    errors: list[str] = []

    async def endpoint(websocket: WebSocket) -> None:
        try:
            websocket.scope["extensions"][SWAP](asyncio.Protocol())
        except RuntimeError as error:
            errors.append(str(error))
        await websocket.close()

    async with plain(Starlette(routes=[WebSocketRoute("/ws", endpoint)])) as port:
        client = await Client.dial(port)
        client.send(request(sec_websocket_protocol=None))
        assert (await client.response())[0] == 403
        assert len(errors) == 1
        await client.leave()


@pytest.mark.parametrize("when", ["before the accept", "in the accept", "after the accept"])
async def test_swap_of_a_client_that_has_gone_is_none(when: str, caplog: pytest.LogCaptureFixture) -> None:
    """A client that goes meanwhile gives no transport, and nothing is logged as an error about it."""
    swapped: list[object] = []

    async def endpoint(websocket: WebSocket) -> None:
        swap = websocket.scope["extensions"][SWAP]
        await websocket.receive()
        if when == "after the accept":
            await websocket.accept()
        if when == "in the accept":
            # As when a write finds the connection reset: closing, and nobody has been told yet.
            swap.__self__.transport.abort()
        else:
            begun.set()
            await left.wait()
        try:
            if when != "after the accept":
                await websocket.accept()
            swapped.append(swap(asyncio.Protocol()))
        except OSError:
            swapped.append(None)

    begun, left = asyncio.Event(), asyncio.Event()
    async with plain(Starlette(routes=[WebSocketRoute("/ws", endpoint)])) as port:
        client = await Client.dial(port)
        client.send(request(sec_websocket_protocol=None))
        if when != "in the accept":
            await begun.wait()
            client.vanish()
            await asyncio.sleep(0.01)
            left.set()
        await until(lambda: bool(swapped))
        await client.leave()
    assert swapped == [None]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []

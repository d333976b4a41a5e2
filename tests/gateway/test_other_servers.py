"""The endpoint on an ASGI server that is not uvicorn: only what ASGI promises may be relied upon."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette

from onethread.gateway.edge import Edge
from onethread.gateway.endpoint import Endpoint
from onethread.gateway.proxies import TrustedProxies
from onethread.hub.peer import Peer, Receiver
from onethread_protocol.bounds import FRAME_BYTES
from tests.gateway.client import MSGPACK, PATIENCE
from tests.gateway.harness import Echo, packed, until

Message = dict[str, Any]


class OtherServer:
    """Runs the endpoint for one handshake; `broken` are the types of messages it fails to take."""

    def __init__(self, *, offered: list[str] | None, broken: dict[str, Exception] | None = None) -> None:
        self.edge = Edge(bound=2**20, heartbeat=25.0, connections_per_address=1, close_wait=60.0)
        self.sessions: list[Echo] = []
        self.sent: list[Message] = []
        self.coming: asyncio.Queue[Message | Exception] = asyncio.Queue()
        self.coming.put_nowait({"type": "websocket.connect"})
        self.open_session: Callable[[Peer], Receiver] = self._open
        self._offered = offered
        self._broken = broken or {}

    def _open(self, peer: Peer) -> Echo:
        self.sessions.append(Echo(peer))
        return self.sessions[-1]

    async def run(self) -> None:
        endpoint = Endpoint(self.edge, lambda peer: self.open_session(peer), TrustedProxies())
        scope: Message = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "path": "/ws",
            "headers": [(b"origin", b"https://shop.test")],
            "client": None,
            "extensions": None,
        }
        if self._offered is not None:
            scope["subprotocols"] = self._offered
        async with asyncio.timeout(PATIENCE):
            await Starlette(routes=endpoint.routes())(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        message = await self.coming.get()
        if isinstance(message, Exception):
            raise message
        return message

    async def _send(self, message: Message) -> None:
        if error := self._broken.get(message["type"]):
            raise error
        self.sent.append(dict(message))


async def test_conversation_by_asgi_messages() -> None:
    """Accept with the subprotocol, messages both ways, the client's close with its code."""
    server = OtherServer(offered=["other", MSGPACK])
    running = asyncio.create_task(server.run())
    server.coming.put_nowait({"type": "websocket.receive", "bytes": b"hello", "text": None})
    await until(lambda: len(server.sent) == 2)
    server.coming.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await running
    assert server.sent[0]["type"] == "websocket.accept"
    assert server.sent[0]["subprotocol"] == MSGPACK
    assert server.sent[1] == {"type": "websocket.send", "bytes": b"hello"}
    assert (server.sessions[0].peer.origin, server.sessions[0].peer.address) == ("https://shop.test", "")
    assert server.sessions[0].codes == [1001]
    assert server.edge.traffic.open == 0


async def test_text_without_a_subprotocol() -> None:
    """A server that leaves out an empty list of subprotocols speaks JSON, in text messages."""
    server = OtherServer(offered=None)
    running = asyncio.create_task(server.run())
    server.coming.put_nowait({"type": "websocket.receive", "text": "{}"})
    await until(lambda: len(server.sent) == 2)
    server.coming.put_nowait({"type": "websocket.disconnect"})
    await running
    assert server.sent[0]["subprotocol"] is None
    assert server.sent[1] == {"type": "websocket.send", "text": "{}"}
    assert server.sessions[0].codes == [1005]


async def test_unknown_subprotocols_without_a_denial_response() -> None:
    """A server that can't be told a status is told to close, before any accept."""
    server = OtherServer(offered=["mqtt"])
    await server.run()
    assert [message["type"] for message in server.sent] == ["websocket.close"]
    assert server.sessions == []


async def test_client_that_goes_before_the_accept() -> None:
    """A server that can't send the accept any more ends it quietly, without a session."""
    server = OtherServer(offered=[MSGPACK], broken={"websocket.accept": OSError("gone")})
    await server.run()
    assert server.sessions == []
    assert server.edge.traffic.accepted == 0


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("closed")])
async def test_server_that_fails_to_send(error: Exception) -> None:
    """Each server has its own way to say that the client has gone: the session hears 1006."""
    server = OtherServer(offered=[MSGPACK], broken={"websocket.send": error})
    server.coming.put_nowait({"type": "websocket.receive", "bytes": b"hello"})
    await server.run()
    assert server.sessions[0].codes == [1006]


async def test_server_that_fails_to_receive() -> None:
    """Whatever `receive` raises, the session ends and nothing is left waiting."""
    server = OtherServer(offered=[MSGPACK])
    server.coming.put_nowait(LookupError("a fault of the server"))
    await server.run()
    assert server.sessions[0].codes == [1006]


async def test_paused_connection_hears_the_answer_to_its_close() -> None:
    """`close` ends a pause: the client's answer is heard, not only the close wait's end."""
    server = OtherServer(offered=[MSGPACK])
    running = asyncio.create_task(server.run())
    await until(lambda: bool(server.sessions))
    session = server.sessions[0]
    session.peer.pause_reading()
    server.coming.put_nowait({"type": "websocket.receive", "bytes": b"kept back"})
    session.peer.close(4403)
    await until(lambda: server.sent[-1] == {"type": "websocket.close", "code": 4403, "reason": ""})
    server.coming.put_nowait({"type": "websocket.disconnect", "code": 4403})
    await running
    assert session.codes == [4403]
    assert session.received_payloads == []


async def test_message_longer_than_the_server_should_let_through() -> None:
    """A server without our limit of a message gets it kept all the same: 1009."""
    server = OtherServer(offered=[MSGPACK])
    running = asyncio.create_task(server.run())
    server.coming.put_nowait({"type": "websocket.receive", "bytes": bytes(FRAME_BYTES + 1)})
    await until(lambda: server.sent[-1:] == [{"type": "websocket.close", "code": 1009, "reason": ""}])
    server.coming.put_nowait({"type": "websocket.disconnect", "code": 1009})
    await running
    assert server.sessions[0].codes == [1009]
    assert server.sessions[0].received_payloads == []


async def test_cancelled_by_the_server() -> None:
    """A server that cancels its tasks at its end gets no task left behind, and the session its end."""
    server = OtherServer(offered=[MSGPACK])
    tasks = asyncio.all_tasks()
    running = asyncio.create_task(server.run())
    await until(lambda: bool(server.sessions))
    server.sessions[0].peer.write(packed(server.sessions[0].peer, b"x"))
    running.cancel()
    await asyncio.wait([running])
    assert server.sessions[0].codes == [1006]
    assert asyncio.all_tasks() <= tasks


async def test_session_that_cannot_be_opened_is_not_counted() -> None:
    """An error when opening a session is the server's to report, and leaves no connection counted."""

    def fail(peer: Peer) -> Receiver:
        raise LookupError("a fault")

    server = OtherServer(offered=[MSGPACK])
    server.open_session = fail
    with pytest.raises(LookupError):
        await server.run()
    assert (server.edge.traffic.open, len(server.edge.per_address)) == (0, 0)

"""The real endpoint on a real server, with a small receiver in the hub's place."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import msgspec
import uvicorn
from starlette.applications import Starlette

from onethread.gateway.edge import Edge
from onethread.gateway.endpoint import Endpoint
from onethread.gateway.proxies import TrustedProxies
from onethread.gateway.server import Server, config
from onethread.hub.peer import Peer, Receiver
from onethread_protocol.bounds import FRAME_BYTES
from tests.gateway.client import PATIENCE, Client

KINDS = ("ready", "starlette")
"""Our server and another. There is a third for where it matters: "swapped", ours as it takes a handshake that
is unusual."""


class Echo:
    """Writes back what it receives; `on_message` and `on_lost` let a test do otherwise."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.received_payloads: list[bytes] = []
        self.codes: list[int] = []
        self.on_message: Callable[[bytes], None] = self.echo

    def received(self, payload: bytes) -> None:
        assert not self.codes, "a message after the end"
        self.received_payloads.append(payload)
        self.on_message(payload)

    def lost(self, code: int) -> None:
        self.codes.append(code)

    def echo(self, payload: bytes) -> None:
        self.peer.write(packed(self.peer, payload))

    async def ended(self) -> int:
        """The code of the end, which comes once."""
        await until(lambda: bool(self.codes))
        await asyncio.sleep(0)
        assert len(self.codes) == 1
        return self.codes[0]


def packed(peer: Peer, payload: bytes) -> bytes:
    """Any payload as this peer's wire would write it."""
    return peer.wire.pack(msgspec.Raw(payload))  # type: ignore[arg-type]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true; fails after a bounded time."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - any condition, not one that tells
            await asyncio.sleep(0.002)


@dataclass
class Running:
    """A running server and what it has opened."""

    kind: str
    edge: Edge
    port: int
    server: uvicorn.Server
    sessions: list[Echo] = field(default_factory=list)
    drain: Callable[[], Awaitable[None]] | None = None
    open_session: Callable[[Peer], Receiver] = field(init=False)

    def __post_init__(self) -> None:
        self.open_session = self.echo

    def echo(self, peer: Peer) -> Echo:
        """A session that echoes."""
        self.sessions.append(Echo(peer))
        return self.sessions[-1]

    async def open(self, **options: str | None) -> tuple[Client, Echo]:
        """A connection, from both its ends."""
        known = len(self.sessions)
        client = await Client.open(self.port, **options)
        await until(lambda: len(self.sessions) > known)
        return client, self.sessions[known]


@asynccontextmanager
async def serve(
    kind: str,
    *,
    bound: int = 2**20,
    heartbeat: float = 3600.0,
    connections_per_address: int = 0,
    close_wait: float = 3 * PATIENCE,
    listener: socket.socket | None = None,
) -> AsyncIterator[Running]:
    """The endpoint over one of the two edges, on a free port of the loopback."""
    edge = Edge(
        bound=bound,
        heartbeat=heartbeat,
        connections_per_address=connections_per_address,
        close_wait=close_wait,
    )

    async def drain() -> None:
        if running.drain is not None:
            await running.drain()

    proxies = TrustedProxies([ip_network("127.0.0.0/8")])

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with edge:
            yield

    endpoint = Endpoint(edge, lambda peer: running.open_session(peer), proxies)
    app = Starlette(routes=endpoint.routes(), lifespan=lifespan)
    server = _server(kind, app, endpoint, edge, drain)
    running = Running(kind, edge, 0, server)
    serving = asyncio.create_task(server.serve([listener] if listener else None))
    try:
        await until(lambda: server.started)
        running.port = server.servers[0].sockets[0].getsockname()[1]
        yield running
    finally:
        server.should_exit = True
        await serving


def _server(
    kind: str, app: Starlette, endpoint: Endpoint, edge: Edge, drain: Callable[[], Awaitable[None]]
) -> uvicorn.Server:
    if kind != "starlette":
        greeter = endpoint if kind == "ready" else None
        return Server(config(app, greeter, host="127.0.0.1", port=0), edge, drain)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            port=0,
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=FRAME_BYTES,
            ws_per_message_deflate=False,
            lifespan="on",
            log_config=None,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
    )

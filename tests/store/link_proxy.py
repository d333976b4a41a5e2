"""A way to the store that a test can cut, stop and mislead, byte by byte: a TCP server in front of it."""

import asyncio
import ssl
from pathlib import Path
from typing import Self, cast

from onethread.store.address import connect_socket

CERTIFICATE = Path(__file__).with_name("link_proxy.pem")
"""Of `localhost`, with its key; trusted by nobody, and valid for a hundred years."""


class Proxy:
    """Listens on a free loopback port and passes on what comes, both ways, until it is told otherwise.

    `most` is how many bytes of requests still pass: with the last one the connection is cut, as it is by a
    request that holds `deadly`. While `silent`, replies are swallowed; while `away`, whoever connects is cut.
    `greeted` counts the connections.
    """

    def __init__(self, socket_path: str, *, tls: bool = False) -> None:
        self.path = socket_path
        self.sides: set[_Side] = set()
        self.most: int | None = None
        self.deadly: bytes | None = None
        self.silent = False
        self.away = False
        self.greeted = 0
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None

    async def __aenter__(self) -> Self:
        if self._tls is not None:
            self._tls.load_cert_chain(CERTIFICATE)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Hub(self), "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for _ in range(1_000):  # a connection may still be on its way to the store
            self.cut()
            if not self.sides:
                break
            await asyncio.sleep(0.01)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Ends every connection at once."""
        for side in list(self.sides):
            side.transport.abort()

    def inject(self, data: bytes) -> None:
        """Says to every hub what the store did not say."""
        for side in self.sides:
            if isinstance(side, _Hub):
                side.transport.write(data)


class _Side(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.peer: _Side | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.proxy.sides.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.proxy.sides.discard(self)
        if self.peer is not None:
            self.peer.transport.close()


class _Store(_Side):
    def data_received(self, data: bytes) -> None:
        if not self.proxy.silent and self.peer is not None:
            self.peer.transport.write(data)


class _Hub(_Side):
    """The hub's side; what it says before the store is reached is kept for it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.early = b""
        if self.proxy.away:
            self.transport.abort()
        else:
            self.proxy.greeted += 1
            self.reaching = asyncio.create_task(self._reach())

    async def _reach(self) -> None:
        client = connect_socket(self.proxy.path)
        loop = asyncio.get_running_loop()
        transport, store = await loop.create_unix_connection(lambda: _Store(self.proxy), sock=client)
        self.peer, store.peer = store, self
        if self.transport.is_closing():
            transport.abort()
        elif self.early:
            self.data_received(self.early)

    def data_received(self, data: bytes) -> None:
        if self.peer is None:
            self.early += data
            return
        most = self.proxy.most
        self.peer.transport.write(data[:most])
        if self.proxy.deadly is not None and self.proxy.deadly in data:
            self._cut()
        if most is not None:
            self.proxy.most = max(0, most - len(data))
            if not self.proxy.most:
                self.proxy.most = None
                self._cut()

    def _cut(self) -> None:
        self.transport.abort()
        if self.peer is not None:
            self.peer.transport.close()  # the store still gets what has passed

"""Where a node of the store is, and how it is reached: connect, log in, choose the database, see that it
answers.
"""

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from redis.asyncio.connection import SSLConnection, parse_url

from onethread.store import resp
from onethread.store.address import connect_socket
from onethread.store.errors import StoreError, StoreUnavailable
from onethread.store.link_line import Line

# For the connection, TLS and greeting together: as long as the watchdog gives a silent link.
_DIALING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Node:
    """One server. `label` names it without credentials; `greeting` (packed) has them, so it is in no repr."""

    label: str
    path: str | None
    host: str
    port: int
    tls: ssl.SSLContext | None
    greeting: tuple[bytes, ...] = field(repr=False)


def read_node(url: str) -> Node:
    """The node of a `redis://`, `rediss://` or `unix://` URL, as redis-py reads it. ValueError, without the
    URL's text: it is none.
    """
    try:
        settings = cast("dict[str, Any]", parse_url(url))
    except ValueError:
        # Not chained: redis-py's error may quote a piece of the password.
        raise ValueError("the store's URL must be redis://…, rediss://… or unix://…, well formed") from None
    path = settings.get("path")
    host, port = settings.get("host", "localhost"), settings.get("port", 6379)
    return Node(
        label=f"the store at {path or f'{host}:{port}'}",
        path=path,
        host=host,
        port=port,
        tls=_tls(settings) if settings.get("connection_class") is SSLConnection else None,
        greeting=tuple(resp.pack(words) for words in _greeting(settings)),
    )


def _greeting(settings: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    username, password = settings.get("username"), settings.get("password")
    if username:
        yield "AUTH", username, password or ""
    elif password:
        yield "AUTH", password
    if settings.get("db"):
        yield "SELECT", str(settings["db"])
    yield ("PING",)  # a store that is still loading its file refuses this


def _tls(settings: dict[str, Any]) -> ssl.SSLContext:
    # redis-py knows what its `ssl_…` parameters mean; this connection of its is never opened.
    given = {name: value for name, value in settings.items() if name.startswith("ssl_")}
    return SSLConnection(**given).ssl_context.get()


async def dial(node: Node, line: Line) -> None:
    """Connects the line to the node and greets it; then `line.connection_made` is called, and this returns.

    StoreUnavailable when that doesn't succeed within 5 s. Nothing stays open then, nor when it is cancelled.
    """
    greeting = _Greeting(node.greeting, line)
    try:
        async with asyncio.timeout(_DIALING_SECONDS):
            await _connect(node, greeting)
            greeting.begin()
            trouble = await greeting.over
    except (OSError, ValueError) as error:  # ValueError: a host name or path that cannot be one
        trouble = error
    except BaseException:
        greeting.abort()
        if line.stands:
            await line.lost
        raise
    if trouble is not None:
        greeting.abort()
        raise StoreUnavailable(str(trouble) or f"no answer within {_DIALING_SECONDS:g} s") from trouble


async def _connect(node: Node, greeting: asyncio.Protocol) -> None:
    loop = asyncio.get_running_loop()
    if node.path is None:
        await loop.create_connection(lambda: greeting, node.host, node.port, ssl=node.tls)
        return
    # A matter of one tick. Cancelled within it, uvloop would close the socket without its owner's knowledge.
    taking = asyncio.ensure_future(
        loop.create_unix_connection(lambda: greeting, sock=connect_socket(node.path))
    )
    try:
        await asyncio.shield(taking)
    except asyncio.CancelledError:
        await taking
        raise


class _Greeting(asyncio.Protocol):
    """Sends the greeting and, when every command of it was accepted, hands the transport to the line.

    In the same call: a loss in between would be told to nobody. `over` has None, or what went wrong, as its
    result: an exception that no one awaits any more would warn.
    """

    def __init__(self, commands: tuple[bytes, ...], line: Line) -> None:
        self._commands = commands
        self._line = line
        self._left = len(commands)
        self._reader = resp.reader()
        self._transport: asyncio.Transport | None = None
        self.over: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def begin(self) -> None:
        """Not before connecting has returned: until then uvloop may end a transport and tell no protocol."""
        if self._transport is not None:
            self._transport.write(b"".join(self._commands))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not resp.PENDING:
                self._left -= 1
                if isinstance(reply, StoreError):
                    self._end(reply)
        except resp.BrokenStream as error:
            self._end(error)
        if not self._left and not self.over.done() and self._transport is not None:
            self._transport.set_protocol(self._line)
            self._line.connection_made(self._transport)
            self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or ConnectionResetError("closed during the greeting"))

    def _end(self, trouble: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(trouble)

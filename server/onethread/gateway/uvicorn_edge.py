"""uvicorn's two protocols of a WebSocket's beginning, so extended that a connection can leave them.

Bytes reach uvicorn's HTTP protocol. It has the greeter answer a usual handshake, and gives the transport away
as soon as the 101 is written. Any other goes on to uvicorn's WebSocket protocol, which offers the application
an ASGI extension (`SWAP` in `scope["extensions"]`): a function that gives the transport to another protocol,
likewise. What a client sent too early, in one segment with its handshake or before the 101 (RFC 6455 4.1
tells it to wait), is kept for whoever gets the connection.

uvicorn's protocol classes are private: tests/gateway/test_uvicorn.py names all that is relied on here.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Protocol

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from onethread.gateway.gone import GONE
from onethread.gateway.handshake import Header

# uvicorn logs each handshake with its query string, and URLs may hold what belongs in no log.
LOG: Final = logging.getLogger(__name__)
LOG.setLevel(logging.WARNING)

SWAP: Final = "onethread.swap"
EARLY_BYTES: Final = 64 * 1024
"""Kept of what came too early; from then on the socket is not read until the handshake is over."""
HEAD_BYTES: Final = 32 * 1024
"""Of a request's line and headers; cookies and a page's address fit in many times. More is answered 431."""
HEADERS: Final = 100
"""Header lines of a request; as many as Apache takes."""
LINGER: Final = 1.0
"""Seconds for which what a refused client still sends is dropped: closed at once, with unread input, the
kernel would send a reset, and the answer be lost on its way."""
REQUEST_WAIT: Final = 10.0
"""Seconds for the head of a request, from the connection's or the request's first byte on: as long as a
WebSocket has for its init. uvicorn itself waits forever."""


class Unacceptable(Exception):
    """A request's head can't be taken; raised through the parser, which stops there."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class Met(NamedTuple):
    """A usual handshake's answer, the protocol that has the connection once it is written, and what to call
    then, with the bytes that came too early."""

    answer: bytes
    protocol: asyncio.Protocol
    start: Callable[[bytes], None]


class Greeter(Protocol):
    """Who answers usual handshakes."""

    def meet(self, path: bytes, headers: Sequence[Header], client: str) -> Met | None:
        """Answer a GET with an upgrade and no body, from this address; None: uvicorn has to."""


TOO_LONG: Final = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's head is too long.")


class HttpEdge(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with bounds on a request's head and the wait for it, and no byte lost at an
    upgrade.

    `_head` counts what came of a head: the parser's pieces, and segments in which it did not end. Without a
    `greeter` every WebSocket is uvicorn's and the application's.
    """

    _segment = b""
    _head = 0
    _refused = False
    _request_deadline: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, greeter: Greeter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._greeter = greeter

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_came()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._expect_request()
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if len(self.headers) == HEADERS:
            raise Unacceptable(*TOO_LONG)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._request_came()
        if self.parser.should_upgrade() and self._should_upgrade() and self._has_body():
            # The parser would wait for it, and uvicorn not answer.
            raise Unacceptable(HTTPStatus.BAD_REQUEST, "A WebSocket's handshake has no body.")
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._segment = data
        super().data_received(data)
        self._segment = b""
        if self._request_deadline is not None and not self._refused:
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self._refuse(*TOO_LONG)

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser could not read, or was made to stop at, and close (uvicorn's name)."""
        # The parser hands on what was raised through it as the cause of its own error.
        error = sys.exception()
        cause = error.__context__ if error else None
        if isinstance(cause, Unacceptable):
            self._refuse(cause.status, str(cause))
        else:
            super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, with what came behind the request's head in its last segment."""
        upgrade = sys.exception()
        if self.cycle is not None and not self.cycle.response_complete:
            # An answer that is still due would come in the middle of frames. It is the connection's last.
            self.cycle.keep_alive = False
            self._refused = True
            return
        if self.parser.get_http_version() != "1.1":
            # uvicorn would pass the request on as HTTP/1.1; RFC 6455 4.2.1 asks for it.
            self.send_400_response("A WebSocket needs HTTP/1.1.")
            return
        early = b""
        if isinstance(upgrade, httptools.HttpParserUpgrade):
            early = self._segment[upgrade.args[0] :]
        if not self._give_away(early):
            super().handle_websocket_upgrade()
            if early:
                self.transport.get_protocol().data_received(early)  # type: ignore[attr-defined]
        # This object and its parser refer to each other; nobody else will part them.
        self.parser = None  # type: ignore[assignment]

    def _give_away(self, early: bytes) -> bool:
        """Have a usual handshake answered, and be done with the connection; False: uvicorn has to."""
        if self._greeter is None or self.scope["method"] != "GET":
            return False
        client = self.client[0] if self.client else ""
        met = self._greeter.meet(self.url.partition(b"?")[0], self.headers, client)
        if met is None:
            return False
        transport, self.transport = self.transport, GONE
        self.connections.discard(self)
        transport.write(met.answer)
        transport.set_protocol(met.protocol)
        met.protocol.connection_made(transport)
        met.start(early)
        return True

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_BYTES:
            raise Unacceptable(*TOO_LONG)

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
            for name, value in self.headers
        )

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        self.transport.write(f"{head}content-length: {len(why)}\r\nconnection: close\r\n\r\n{why}".encode())
        self._request_came()
        self._refused = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.abort)

    def _expect_request(self) -> None:
        if self._request_deadline is None:
            self._request_deadline = self.loop.call_later(REQUEST_WAIT, self.transport.close)

    def _request_came(self) -> None:
        if self._request_deadline is not None:
            self._request_deadline.cancel()
            self._request_deadline = None


class WebSocketEdge(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with the extension; also the fallback's, when nobody uses it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._early = bytearray()
        self.logger = self.conn.logger = LOG
        # At level DEBUG the library would log what frames contain.
        self.conn.debug = False

    def data_received(self, data: bytes) -> None:
        if self._early or (self.handshake_initiated and not self.handshake_complete):
            self._early += data
            if len(self._early) > EARLY_BYTES:
                self.transport.pause_reading()
        else:
            super().data_received(data)
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                # uvicorn would say nothing, for ever. The library's lines are shorter than ours.
                self._refuse(400, b"A line of the request's head is too long, or none of HTTP's.\n")

    def handle_connect(self, event: Request) -> None:
        versions = event.headers.get_all("Sec-WebSocket-Version")
        if versions and versions != ["13"]:
            # RFC 6455 4.2.2 and 4.4.
            ours = b"upgrade: websocket\r\nsec-websocket-version: 13\r\n"
            self._refuse(426, b"The WebSocket version spoken here is 13.\n", ours)
            return
        super().handle_connect(event)
        if not self.handshake_complete:
            # The task that will look at the scope has not started yet.
            self.scope["extensions"][SWAP] = self.swap  # type: ignore[assignment]

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.close_sent:
            # Else uvicorn logs an error after each handshake that was refused with a status of ours.
            self.handshake_complete = True
        if self._early and self.handshake_complete:
            # In the loop's next turn, when the application has had its chance to swap.
            self.loop.call_soon(self._release_early)

    def swap(self, protocol: asyncio.Protocol) -> bytes | None:
        """Give the transport to `protocol`, for good, and forget about it; answers what came too early.

        To be called without an await after the accept. None if the client has gone meanwhile: nothing is
        given then, and the application should return.
        """
        transport = self.transport
        if self.disconnected or transport.is_closing():
            # Else uvicorn would complain of an application that didn't complete the handshake.
            self.handshake_complete = True
            return None
        if not self.handshake_complete:
            raise RuntimeError("the handshake must be accepted before the transport can be given away")
        self.stop_keepalive()
        self.connections.discard(self)
        # Whatever uvicorn still does to this connection, closing it when the application returns among it,
        # it does to nothing.
        self.transport = GONE
        # Reference cycles, which would wait for a garbage collection.
        self.conn.parser.close()
        del self.scope["extensions"][SWAP]
        early, self._early = bytes(self._early), bytearray()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        transport.resume_reading()
        return early

    def _release_early(self) -> None:
        early, self._early = bytes(self._early), bytearray()
        if early:
            self.transport.resume_reading()
            super().data_received(early)

    def _refuse(self, code: int, why: bytes, headers: bytes = b"") -> None:
        """Answer a handshake that never was one, and close."""
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        status = HTTPStatus(code)
        self.transport.write(
            b"HTTP/1.1 %d %b\r\n%bcontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (code, status.phrase.encode(), headers, len(why), why)
        )
        self.transport.close()

"""The fallback: a connection over Starlette's own WebSocket, for any ASGI server but ours.

It keeps its coroutine and two tasks. What ASGI has no words for is the server's: pings and the notice of
silence (its own keep-alive), masking, fragments, invalid UTF-8; and an abort is the application's return,
after which a server may still try to deliver what its transport holds.
"""

import asyncio
import logging
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.frames import CloseCode

from onethread.gateway.edge import Edge
from onethread.gateway.outbox import Outbox
from onethread.hub.peer import Receiver
from onethread.hub.wire import Wire
from onethread_protocol.bounds import FRAME_BYTES
from onethread_protocol.codes import Close

LOG: Final = logging.getLogger(__name__)


class StarlettePeer:
    """One connection; implements onethread.hub.peer.Peer, whose docstrings say what the methods promise.

    More attributes than a class should have, as it is one connection's state (see ReadyProtocol): `_ending`
    has the close code and reason once the end has begun, `_reading` is set while messages are wanted, and
    `_over` is done when the coroutine should return.
    """

    def __init__(
        self, edge: Edge, wire: Wire, address: str, origin: str | None, websocket: WebSocket
    ) -> None:
        self.wire = wire
        self.address = address
        self.origin = origin
        self.session_token: str | None = None
        self._edge = edge
        self._websocket = websocket
        self._outbox = Outbox()
        self._ending: tuple[int, str] | None = None
        self._reading = asyncio.Event()
        self._reading.set()
        self._over = asyncio.get_running_loop().create_future()

    async def serve(self, receiver: Receiver) -> None:
        """Carry messages until the connection is over."""
        tasks = (asyncio.create_task(self._read(receiver)), asyncio.create_task(self._write()))
        try:
            await self._over
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._end(CloseCode.ABNORMAL_CLOSURE)
            self._lost(receiver)

    def write(self, frame: bytes) -> None:
        if self._ending is not None:
            return
        self._outbox.put(frame)
        if self._outbox.held > self._edge.bound:
            self.abort(Close.TOO_SLOW)

    def close(self, code: int, reason: str = "") -> None:
        if self._ending is not None:
            return
        self._ending = (code, reason)
        self._outbox.finish()
        self._reading.set()
        asyncio.get_running_loop().call_later(self._edge.close_wait, self._end, code)

    def abort(self, code: int) -> None:
        self._end(code)

    async def drained(self) -> None:
        await self._outbox.drained()
        if self._ending is not None:
            raise ConnectionError("the connection is over")

    def pause_reading(self) -> None:
        if self._ending is None:
            self._reading.clear()

    def resume_reading(self) -> None:
        self._reading.set()

    def beat(self) -> None:
        """Nothing: ASGI has no pings, so that a quiet client can't be told from a dead one here."""

    def _end(self, code: int) -> None:
        """Let `serve` return; the first code given counts."""
        self._ending = self._ending or (code, "")
        self._outbox.finish()
        if not self._over.done():
            self._over.set_result(None)

    def _lost(self, receiver: Receiver) -> None:
        code = self._ending[0] if self._ending else CloseCode.ABNORMAL_CLOSURE
        self._edge.ended(self, code)
        try:
            receiver.lost(code)
        except Exception:
            LOG.exception("a lost connection was not taken note of")

    async def _read(self, receiver: Receiver) -> None:
        try:
            while True:
                await self._reading.wait()
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    self._end(message.get("code") or CloseCode.NO_STATUS_RCVD)
                    return
                if self._ending is None:
                    self._take(message, receiver)
        finally:
            # However a server's `receive` fails: there is nothing more to come.
            self._end(CloseCode.ABNORMAL_CLOSURE)

    def _take(self, message: Any, receiver: Receiver) -> None:
        text, payload = message.get("text"), message.get("bytes")
        if (payload is None) == self.wire.codec.binary:
            self.close(Close.WRONG_FRAME_TYPE)
            return
        if not self.wire.codec.binary:
            payload = text.encode()
        self._edge.traffic.frames_in += 1
        self._edge.traffic.bytes_in += len(payload)
        if len(payload) > FRAME_BYTES:
            self.close(Close.TOO_LONG)
            return
        try:
            receiver.received(payload)
        except Exception:
            LOG.exception("a message was not taken")
            self.close(CloseCode.INTERNAL_ERROR)

    async def _write(self) -> None:
        traffic = self._edge.traffic
        kind = "bytes" if self.wire.codec.binary else "text"
        try:
            while (frame := await self._outbox.take()) is not None:
                traffic.writes += 1
                traffic.frames_out += 1
                traffic.bytes_out += len(frame)
                content = frame if self.wire.codec.binary else frame.decode()
                await self._websocket.send({"type": "websocket.send", kind: content})
            if self._ending is not None:
                await self._websocket.close(*self._ending)
        except (OSError, RuntimeError, WebSocketDisconnect):
            # Each server has its own way to say that the client has gone.
            self._end(CloseCode.ABNORMAL_CLOSURE)

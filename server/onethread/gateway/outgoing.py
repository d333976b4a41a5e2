"""The writing half of a connection: gathered, bounded, and telling when it has drained."""

import asyncio
from typing import TYPE_CHECKING

from onethread.gateway.gone import GONE
from onethread_protocol.codes import Close

if TYPE_CHECKING:
    from onethread.gateway.edge import Edge


class Outgoing(asyncio.Protocol):
    """What is on its way to one peer. Methods are those of onethread.hub.peer.Peer.

    What is written is queued up to the end of the loop's turn, and counted only then: a frame costs its place
    in the queue. `_code` is 0 until the connection ends, then its close code. `_drained` is there only while
    somebody waits for it.
    """

    __slots__ = ("_choked", "_code", "_drained", "_edge", "_queue", "_transport")

    def __init__(self, edge: "Edge") -> None:
        self._edge = edge
        self._transport: asyncio.Transport = GONE
        self._queue: list[bytes] | None = None
        self._choked = False
        self._drained: asyncio.Future[None] | None = None
        self._code = 0

    def write(self, frame: bytes) -> None:
        if self._code:
            return
        if self._queue is None:
            self._queue = [frame]
            self._edge.flusher.add(self)
        else:
            self._queue.append(frame)

    def flush(self) -> None:
        """Hand what is queued to the transport, in one write; abort if it would hold more than its bound."""
        queue, self._queue = self._queue, None
        if queue is None:
            return
        data = queue[0] if len(queue) == 1 else b"".join(queue)
        edge, transport = self._edge, self._transport
        if len(data) + transport.get_write_buffer_size() > edge.bound:
            self.abort(Close.TOO_SLOW)
            return
        transport.write(data)
        traffic = edge.traffic
        traffic.writes += 1
        traffic.frames_out += len(queue)
        traffic.bytes_out += len(data)

    def abort(self, code: int) -> None:
        self._ending(code)
        self._queue = None
        self._transport.abort()

    async def drained(self) -> None:
        self.flush()
        while self._choked and not self._code:
            if self._drained is None:
                self._drained = asyncio.get_running_loop().create_future()
            # Shielded, as several may wait for the one future and each may be cancelled.
            await asyncio.shield(self._drained)
        if self._code:
            raise ConnectionError("the connection is over")

    def pause_writing(self) -> None:
        """Hear from the transport that it holds more than its high water."""
        self._choked = True

    def resume_writing(self) -> None:
        """Hear from the transport that it holds less than its low water."""
        self._choked = False
        self._wake()

    def _ending(self, code: int) -> None:
        """Note the close code, the first one given, and let go of who waits."""
        self._code = self._code or code
        self._wake()

    def _idle(self) -> bool:
        """Whether the peer has taken everything written to it."""
        return self._queue is None and not self._transport.get_write_buffer_size()

    def _wake(self) -> None:
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

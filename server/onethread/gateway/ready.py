"""A connection after its handshake: a slotted asyncio protocol in place of uvicorn's, with no coroutine.

The uvicorn edge hands it the transport as soon as the 101 is written (`uvicorn_edge.py`). From then on a
message costs one call of `data_received`: no task, queue, event, scope or request stays (DESIGN.md 4).
"""

import asyncio
import logging
from typing import Final, cast

from websockets.frames import CloseCode

from onethread.gateway.edge import Edge
from onethread.gateway.frames import CLOSE, FIN, PING_FRAME, close_frame, next_frame, opener
from onethread.gateway.gone import GONE
from onethread.gateway.outgoing import Outgoing
from onethread.gateway.rules import Rules, Turn
from onethread.hub.peer import Receiver
from onethread.hub.wire import Wire
from onethread_protocol.bounds import FRAME_BYTES
from onethread_protocol.codes import Close

LOG: Final = logging.getLogger(__name__)

# What a connection does with what it receives.
READING: Final = 0
PAUSED: Final = 1  # keeps it for later
CLOSING: Final = 2  # looks for the peer's close frame only
DEAF: Final = 3  # drops it

NO_FRAME: Final = -1
"""Matches no first byte: while a fragmented message is open, every frame is the library's."""
SILENT_BEATS: Final = 2
"""A third visit of the heartbeat in silence is one after at least two whole intervals (WIRE.md: 4408)."""


class Nobody:
    """A receiver that isn't there: before a session is opened, after it was lost, and for refused peers."""

    def received(self, payload: bytes) -> None:
        """Drop it."""

    def lost(self, code: int) -> None:
        """Nobody cares."""


NOBODY: Final = Nobody()


class ReadyProtocol(Outgoing):
    """One connection; implements onethread.hub.peer.Peer, whose docstrings say what the methods promise.

    Twelve attributes beside those of the writing half, all of them one connection's, in one object because
    there are ten thousand of them: `_rest` keeps the half of a frame, `_rules` an open fragmented message,
    `_first` the first byte and `_room` the longest payload of the frames read here, `_silent` the beats since
    the last sign of life, `_deadline` bounds the end once it has begun.
    """

    __slots__ = (
        "_deadline",
        "_first",
        "_receiver",
        "_rest",
        "_room",
        "_rules",
        "_silent",
        "_stage",
        "address",
        "origin",
        "session_token",
        "wire",
    )

    def __init__(self, edge: Edge, wire: Wire, address: str, origin: str | None) -> None:
        super().__init__(edge)
        self.wire = wire
        self.address = address
        self.origin = origin
        self.session_token: str | None = None
        self._receiver: Receiver = NOBODY
        self._stage = READING
        self._rest: bytearray | None = None
        self._rules: Rules | None = None
        self._first = opener(wire.codec)
        self._room = FRAME_BYTES
        self._silent = 0
        self._deadline: asyncio.TimerHandle | None = None

    def open(self, receiver: Receiver, early: bytes) -> None:
        """Deliver to this receiver from now on, beginning with what came before it was there."""
        self._receiver = receiver
        if early:
            self.data_received(early)

    def close(self, code: int, reason: str = "") -> None:
        if self._code:
            return
        self.write(close_frame(code, reason))
        # What was kept may end in the peer's own close frame.
        self.resume_reading()
        self._finish(code, CLOSING)

    def abort(self, code: int) -> None:
        self._stage = DEAF
        self._rest = None
        super().abort(code)

    def pause_reading(self) -> None:
        if self._stage == READING:
            self._stage = PAUSED
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._stage == PAUSED:
            self._stage = READING
            self._transport.resume_reading()
            asyncio.get_running_loop().call_soon(self._read_on)

    def beat(self) -> None:
        """Ping; after two heartbeats without a sign of life, end with 4408."""
        if self._code:
            return
        if self._stage == READING:
            self._silent += 1
        if self._silent <= SILENT_BEATS:
            self.write(PING_FRAME)
        elif self._idle():
            self.close(Close.TIMED_OUT)
        else:
            self.abort(Close.TIMED_OUT)

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._silent = 0
        self._edge.traffic.bytes_in += len(data)
        rest = self._rest
        if rest is None:
            self._read(data)
        else:
            rest += data
            self._read_on()

    def eof_received(self) -> None:
        """The peer will send nothing more; what is still held for it gets the close wait to leave."""
        if not self._code:
            self._finish(CloseCode.ABNORMAL_CLOSURE, DEAF)

    def connection_lost(self, error: Exception | None) -> None:
        self._ending(CloseCode.ABNORMAL_CLOSURE)
        if self._deadline is not None:
            self._deadline.cancel()
        if self._rules is not None:
            self._rules.drop()
        self._transport, self._queue, self._rest, self._rules = GONE, None, None, None
        receiver, self._receiver, self._stage = self._receiver, NOBODY, DEAF
        self._edge.ended(self, self._code)
        try:
            receiver.lost(self._code)
        except Exception:
            LOG.exception("a lost connection was not taken note of")

    # Reading.

    def _read_on(self) -> None:
        """Read what was kept."""
        rest, self._rest = self._rest, None
        if rest:
            self._read(rest)

    def _read(self, data: bytes | bytearray) -> None:
        position, frames, size = 0, 0, len(data)
        while position < size and self._stage == READING:
            end, payload = next_frame(data, position, self._first, self._room)
            if payload is not None:
                frames += 1
                self._deliver(payload)
            elif end == position:
                break
            else:
                self._by_the_rules(bytes(data[position:end]))
            position = end
        self._edge.traffic.frames_in += frames
        if self._stage == CLOSING:
            position = self._await_close(data, position)
        if position < size and self._stage != DEAF:
            self._keep(data, position)

    def _keep(self, data: bytes | bytearray, position: int) -> None:
        if isinstance(data, bytearray):
            # In place: a long frame in small segments would else be copied once a segment.
            del data[:position]
            self._rest = data
        else:
            self._rest = bytearray(data[position:])

    def _deliver(self, payload: bytes) -> None:
        if not self.wire.codec.binary and not is_utf8(payload):
            self.close(CloseCode.INVALID_DATA)
            return
        try:
            self._receiver.received(payload)
        except Exception:
            LOG.exception("a message was not taken")
            self.close(CloseCode.INTERNAL_ERROR)

    def _by_the_rules(self, piece: bytes) -> None:
        rules = self._rules or self._edge.borrow_rules()
        turn = rules.feed(piece)
        if turn.code:
            rules.drop()
            self._rules = None
            self._over(turn)
            return
        if turn.reply:
            self.write(turn.reply)
        self._room = rules.room
        if rules.fragmented:
            self._rules, self._first = rules, NO_FRAME
        else:
            self._rules, self._first = None, opener(self.wire.codec)
            self._edge.give_back(rules)
        if turn.opcode and turn.opcode | FIN != opener(self.wire.codec):
            self.close(CloseCode.UNSUPPORTED_DATA)
        elif turn.message is not None:
            self._edge.traffic.frames_in += 1
            self._deliver(turn.message)

    def _await_close(self, data: bytes | bytearray, position: int) -> int:
        """Pass over the frames from `position` on; after a close frame among them, end the transport."""
        while True:
            end, _ = next_frame(data, position, NO_FRAME, FRAME_BYTES)
            if end == position:
                return position
            if data[position] == FIN | CLOSE:
                self._stage = DEAF
                self._transport.close()
            position = end

    # Ending.

    def _over(self, turn: Turn) -> None:
        """End because of the peer: it closed, or it broke a rule."""
        self.write(turn.reply)
        self.flush()
        if self._code:
            return
        self._finish(turn.code, DEAF)
        if not turn.broken:
            self._transport.close()
        elif self._transport.can_write_eof() and not self._transport.is_closing():
            # Closed now, with unread input, the kernel would send a reset, and the close frame be lost on
            # its way. So only our half is closed, and what still comes is dropped until the peer ends.
            self._transport.write_eof()

    def _finish(self, code: int, stage: int) -> None:
        """Begin the end, which takes the close wait at most."""
        self._ending(code)
        self._stage = stage
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._edge.close_wait, self._transport.abort)


def is_utf8(payload: bytes) -> bool:
    """Whether a text message is valid (RFC 6455 8.1)."""
    if payload.isascii():
        return True
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True

"""All of RFC 6455 that is not a whole data frame, by the library: fragments, control frames, errors.

A connection has `Rules` only while a fragmented message is open; for a single control frame it borrows the
hub's spare one (see `edge.py`), as making one costs 10 µs and 3 kB.
"""

import logging
from typing import Final, NamedTuple

from websockets.frames import CLOSE, PING, PONG, Frame
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from onethread_protocol.bounds import FRAME_BYTES

LOG: Final = logging.getLogger(__name__)


class Turn(NamedTuple):
    """What one piece of input came to.

    `opcode` is that of the message which this piece belongs to or lies within, 0 if there is none; `message`
    is there when its last fragment has come. `reply` has the bytes to write. `code` is the close code if the
    connection is over, else 0; `broken` tells that it is over because the peer broke a rule, so that nothing
    that follows can be read.
    """

    opcode: int
    message: bytes | None
    reply: bytes
    code: int
    broken: bool


class Rules:
    """The library's state of one connection between frames; fed with whole frames, or with a broken rest."""

    __slots__ = ("_opcode", "_parts", "_protocol")

    def __init__(self) -> None:
        self._opcode = 0
        self._parts: list[bytes] = []
        self._protocol = ServerProtocol(state=OPEN, max_size=FRAME_BYTES, logger=LOG)
        # At level DEBUG the library logs what frames contain, and messages belong in no log.
        self._protocol.debug = False

    @property
    def fragmented(self) -> bool:
        """Whether a fragmented message is open. Between frames this is all the state there is."""
        return self._protocol.current_size is not None

    @property
    def room(self) -> int:
        """How many bytes the open message may still get."""
        return FRAME_BYTES - (self._protocol.current_size or 0)

    def feed(self, piece: bytes) -> Turn:
        """Take one whole frame, or a rest whose header is wrong; never raises."""
        protocol = self._protocol
        protocol.receive_data(piece)
        opcode, message = self._opcode, None
        for event in protocol.events_received():
            if isinstance(event, Frame) and event.opcode not in (CLOSE, PING, PONG):
                opcode, message = self._joined(event)
        broken = protocol.parser_exc is not None
        close = protocol.close_sent if broken else protocol.close_rcvd
        reply = b"".join(protocol.data_to_send())
        return Turn(opcode, message, reply, close.code if close else 0, broken)

    def drop(self) -> None:
        """Break the reference cycles of the library's objects, so that no garbage collection is needed."""
        self._protocol.parser.close()
        self._protocol.parser_exc = None

    def _joined(self, event: Frame) -> tuple[int, bytes | None]:
        opcode = self._opcode or event.opcode
        self._parts.append(bytes(event.data))
        if not event.fin:
            self._opcode = opcode
            return opcode, None
        parts, self._parts, self._opcode = self._parts, [], 0
        return opcode, b"".join(parts)

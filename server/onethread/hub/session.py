"""One connection, a customer's or an agent's: from its first frame to its last.

Frames are taken in the order sent and take effect in that order (WIRE.md 6.10). Most do all they have to in
the call that brings them: a send goes to the store's link at once, and its ack is written when the reply
comes. A frame whose work has to wait in the middle (`init`, a form, a page of history) holds the later ones
back in a backlog.
"""

from collections import deque
from collections.abc import Coroutine
from typing import Any, Final, TypeAlias

import structlog
from msgspec import UNSET

from onethread.hub import agent_commands
from onethread.hub.agent_joining import Entrance
from onethread.hub.answers import Frame
from onethread.hub.commands import COMMANDS
from onethread.hub.connection import Connection
from onethread.hub.console import Console
from onethread.hub.joining import join
from onethread.hub.log import StoreFailure
from onethread.hub.peer import Peer
from onethread.hub.reception import Reception
from onethread_protocol import agent, customer
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError

Work: TypeAlias = Coroutine[Any, Any, object]

BACKLOG: Final = 64
"""Frames that may wait behind one at work; then the socket is not read."""
INTERNAL_ERROR: Final = 1011
"""RFC 6455 7.4.1; the wire's table leaves it to "any other": reconnect with backoff."""
ALREADY: Final = ProtocolError(409, "already_initialized", "This connection has had its init.")
log = structlog.get_logger("onethread.hub")


class Session(Connection):
    """Receives a connection's frames. `entrance` lets agents in."""

    __slots__ = ("_entrance", "_stopped", "console")

    def __init__(self, reception: Reception, entrance: Entrance, peer: Peer) -> None:
        super().__init__(reception, peer)
        self._entrance = entrance
        self.console: Console | None = None
        self._stopped = False

    # What the gateway calls

    def received(self, payload: bytes) -> None:
        """Take a frame (Receiver)."""
        if self._over or self._stopped:
            return
        if self._backlog is not None:
            self._backlog.append(payload)
            if len(self._backlog) >= BACKLOG:
                self._pause()
            return
        work = self._take(payload)
        if work is not None:
            self._backlog = deque()
            self.reception.spawn(self._finish(work))

    def lost(self, code: int) -> None:
        """Hear that the connection is over (Receiver)."""
        self._end()
        self.reception.forget(self)
        # Each refers to this session: left here, they would wait for the collector.
        admission, self.admission = self.admission, None
        console, self.console = self.console, None
        if admission is not None:
            self.reception.leave(admission)
        elif console is not None:
            console.left()

    # What the hub calls

    def stop(self) -> None:
        """Take no further frame; what was taken is still answered."""
        self._stopped = True

    @property
    def busy(self) -> bool:
        """Whether a frame is at work or awaits the store."""
        return self._in_flight > 0 or self._backlog is not None

    def attended(self, console: Console) -> None:
        """Init is over: the connection is an agent's."""
        self.console = console

    # Inside

    def _take(self, payload: bytes) -> Work | None:
        codec = self.peer.wire.codec
        try:
            if self.admission is None:
                if self.console is not None:
                    return self._agent_command(self.console, codec.decode_agent(payload))
                return self._first(codec.decode_first(payload))
            frame = codec.decode_customer(payload)
        except ProtocolError as error:
            self.refuse(error)
            if self.admission is None and self.console is None and error.reason == "unknown_frame":
                self.end(Close.BAD_FRAMES)
            return None
        return self._command(frame)

    def _first(self, frame: Any) -> Work | None:
        if isinstance(frame, customer.Init):
            return self._guarded(join(self, frame), frame)
        return self._guarded(self._entrance.join(self, frame, self.attended), frame)

    def _agent_command(self, console: Console, frame: Any) -> Work | None:
        if isinstance(frame, agent.AgentInit):
            self.refuse(ALREADY, frame=frame)
            return None
        work = agent_commands.COMMANDS[type(frame)](console, frame)
        return None if work is None else self._guarded(work, frame)

    def _command(self, frame: Any) -> Work | None:
        if isinstance(frame, customer.Init):
            self.refuse(ALREADY, frame=frame)
            return None
        if frame.thread is not UNSET and self.admission and frame.thread != self.admission.thread.id:
            error = ProtocolError(403, "not_admitted", "This connection is not admitted to that thread.")
            self.refuse(error, frame=frame)
            return None
        work = COMMANDS[type(frame)](self, frame)
        return None if work is None else self._guarded(work, frame)

    async def _guarded(self, work: Work, frame: Frame) -> None:
        """Turn whatever the work raises into the frame's answer."""
        try:
            await work
        except ProtocolError as error:
            self.refuse(error, frame=frame)
        except StoreFailure:
            self.unavailable(frame)
        except ConnectionError:
            pass  # the peer went away in the middle of its answer; `lost` has the rest
        except Exception:
            log.exception("frame failed", frame_type=type(frame).__name__)
            self._fail()

    async def _finish(self, work: Work | None) -> None:
        """Do the work, then what came meanwhile."""
        while work is not None:
            await work
            work = self._next()
        self._backlog = None
        self._resume()

    def _next(self) -> Work | None:
        """Take frames of the backlog up to one that has to wait."""
        while self._backlog and not self._over:
            work = self._take(self._backlog.popleft())
            if work is not None:
                return work
        return None

    def _fail(self) -> None:
        """Close 1011 after a mistake of ours: the client comes back and finds everything as the log has
        it."""
        if not self._over:
            self._end()
            self.peer.close(INTERNAL_ERROR)

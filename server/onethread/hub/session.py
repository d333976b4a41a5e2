"""One connection, a customer's or an agent's: from its first frame to its last.

Frames are taken in the order sent and take effect in that order (WIRE.md 6.10). Most do all they have to in
the call that brings them: a send goes to the store's link at once, and its ack is written when the reply
comes. A frame whose work has to wait in the middle (`init`, a form, a page of history) holds the later ones
back in a backlog.
"""

import random
import secrets
import time
from asyncio import TimerHandle
from collections import deque
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog
from msgspec import UNSET, UnsetType

from onethread.hub import agent_commands
from onethread.hub.admission import Admission
from onethread.hub.answers import Answer, Frame, to_error
from onethread.hub.clock import now_ms
from onethread.hub.commands import COMMANDS
from onethread.hub.console import Console
from onethread.hub.joining import join
from onethread.hub.log import StoreFailure
from onethread.hub.pace import AWAY, TOO_MANY, Pace, Wait
from onethread.hub.peer import Peer
from onethread.hub.people import Login
from onethread_protocol import agent, customer, server
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError

if TYPE_CHECKING:
    from onethread.hub.hub import Hub

Work: TypeAlias = Coroutine[Any, Any, object]

IN_FLIGHT: Final = 64
"""Commands of one connection that may await the store; then its socket is not read until half are
answered."""
BACKLOG: Final = 64
"""Frames that may wait behind one at work; then the socket is not read."""
SPREAD_MS: Final = 5_000
"""Milliseconds over which clients are asked to come back after a restart: 9,000 joins are some seconds of one
core."""

LONGEST_TIMER: Final = 86_400.0
"""Seconds of one timer: a token may be valid for longer than a loop can count."""
INTERNAL_ERROR: Final = 1011
"""RFC 6455 7.4.1; the wire's table leaves it to "any other": reconnect with backoff."""
ALREADY: Final = ProtocolError(409, "already_initialized", "This connection has had its init.")
log = structlog.get_logger("onethread.hub")


class Session:
    """Receives a connection's frames.

    More attributes than a class should have: one object is what a connection costs, a second would cost it
    twice.
    """

    __slots__ = (
        "_backlog",
        "_in_flight",
        "_over",
        "_pace",
        "_paused",
        "_stopped",
        "_timer",
        "admission",
        "console",
        "farewell",
        "hub",
        "id",
        "login",
        "peer",
    )

    def __init__(self, hub: "Hub", peer: Peer) -> None:
        self.hub = hub
        self.peer = peer
        self.id = secrets.token_urlsafe(12)
        self.admission: Admission | None = None
        self.console: Console | None = None
        self.login: Login
        self._backlog: deque[bytes] | None = None
        self._pace = Pace(hub.limits.sends_per_second, hub.limits.send_burst)
        self.farewell: str | UnsetType = UNSET
        self._in_flight = 0
        self._paused = False
        self._over = False
        self._stopped = False
        self._timer: TimerHandle | None = hub.later(hub.limits.init_timeout, self._init_timed_out)

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
            self.hub.spawn(self._finish(work))

    def lost(self, code: int) -> None:
        """Hear that the connection is over (Receiver)."""
        self._end()
        self.hub.forget(self)
        # Each refers to this session: left here, they would wait for the collector.
        admission, self.admission = self.admission, None
        console, self.console = self.console, None
        if admission is not None:
            self.hub.leave(admission)
        elif console is not None:
            console.left()

    # What the hub calls

    def end(self, code: Close) -> None:
        """Close the connection; before a logout (NORMAL) and a restart with `bye`."""
        if self._over:
            return
        if code is Close.NORMAL:
            self.write(server.Bye(reason="logout", reconnect=False, after_ms=0, ref=self.farewell))
        elif code is Close.RESTART:
            after_ms = random.randrange(SPREAD_MS)  # noqa: S311 - spreads load, guards nothing
            self.write(server.Bye(reason="restart", reconnect=True, after_ms=after_ms))
        self._end()
        self.peer.close(code)

    def stop(self) -> None:
        """Take no further frame; what was taken is still answered."""
        self._stopped = True

    @property
    def over(self) -> bool:
        """Whether the connection is ending or has ended."""
        return self._over

    @property
    def busy(self) -> bool:
        """Whether a frame is at work or awaits the store."""
        return self._in_flight > 0 or self._backlog is not None

    # What commands call

    def write(self, frame: Answer) -> None:
        """Write a frame to this connection alone."""
        peer = self.peer
        peer.write(peer.wire.pack(frame))

    def refuse(self, error: ProtocolError, *, frame: Frame | None = None) -> None:
        """Answer with an error that echoes the frame's thread, cid and ref; too many 400s close the
        connection."""
        if self._over:
            return
        self.hub.counters.refused[error.reason] += 1
        self.write(to_error(error, frame))
        if error.code == 400 and self._pace.bad_frame(time.monotonic()):
            self.end(Close.BAD_FRAMES)

    def unavailable(self, frame: Frame) -> None:
        """Answer 503: whether the frame was stored is unknown. What was sent behind it is held back a
        moment."""
        if getattr(frame, "cid", UNSET) is not UNSET:
            self._pace.store_away(time.monotonic())
        self.refuse(AWAY, frame=frame)

    def may_send(self, frame: Frame) -> bool:
        """Tell whether a command that stores an event is taken; if not, it has been answered."""
        wait = self._pace.send(time.monotonic())
        return wait is None or self._put_off(frame, wait)

    def may_act(self, frame: Frame) -> bool:
        """Tell whether a frame that stores no event is taken; if not, it has been answered."""
        wait = self._pace.act(time.monotonic())
        return wait is None or self._put_off(frame, wait)

    def too_many(self, frame: Frame, wait_ms: int) -> None:
        """Answer 429 and close: too many inits or refused proofs from this address."""
        self.hub.counters.refused[TOO_MANY.reason] += 1
        self.write(to_error(TOO_MANY, frame, retry_after_ms=wait_ms))
        self.end(Close.TOO_MANY)

    def sent(self) -> None:
        """Count a command that awaits the store."""
        self._in_flight += 1
        if self._in_flight >= IN_FLIGHT:
            self._pause()

    def answered(self) -> None:
        """Count a command that the store has answered."""
        self._in_flight -= 1
        if self._paused:
            self._resume()

    def admitted(self, admission: Admission) -> None:
        """Init is over: the connection belongs to the thread."""
        self.admission = admission
        self.expire_at(None)

    def attended(self, console: Console) -> None:
        """Init is over: the connection is an agent's."""
        self.console = console

    def expire_at(self, at_ms: int | None) -> None:
        """Close 4401 at this time, unless called again; None: never."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at_ms is not None:
            seconds = min((at_ms - now_ms()) / 1000, LONGEST_TIMER)
            self._timer = self.hub.later(seconds, partial(self._token_expired, at_ms))

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
        return self._guarded(self.hub.entrance.join(self, frame, self.attended), frame)

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

    def _put_off(self, frame: Frame, wait: Wait) -> bool:
        self.hub.counters.refused[wait.error.reason] += 1
        self.write(to_error(wait.error, frame, retry_after_ms=wait.ms))
        return False

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self.peer.pause_reading()

    def _resume(self) -> None:
        if self._paused and self._in_flight <= IN_FLIGHT // 2 and not self._backlog:
            self._paused = False
            self.peer.resume_reading()

    def _fail(self) -> None:
        """Close 1011 after a mistake of ours: the client comes back and finds everything as the log has
        it."""
        if not self._over:
            self._end()
            self.peer.close(INTERNAL_ERROR)

    def _init_timed_out(self) -> None:
        self._timer = None
        self.end(Close.TIMED_OUT)

    def _token_expired(self, at_ms: int) -> None:
        if now_ms() < at_ms:
            self.expire_at(at_ms)
            return
        self._timer = None
        self.refuse(ProtocolError(401, "token_expired", "The token has expired."))
        self.end(Close.UNAUTHORIZED)

    def _end(self) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

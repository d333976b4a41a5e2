"""One connection, a customer's or an agent's, as its commands see it: its answers, its limits, its end."""

import asyncio
import random
import secrets
import time
from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec import UNSET, UnsetType

from onethread.hub.admission import Admission, Login
from onethread.hub.answers import Answer, Frame, to_error
from onethread.hub.clock import now_ms
from onethread.hub.pace import AWAY, TOO_MANY, Pace, Wait
from onethread.hub.peer import Peer
from onethread.hub.reception import Reception
from onethread_protocol import server
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError

IN_FLIGHT: Final = 64
"""Commands of one connection that may await the store; then its socket is not read until half are
answered."""
SPREAD_MS: Final = 5_000
"""Milliseconds over which clients are asked to come back after a restart: 9,000 joins are some seconds of one
core."""

LONGEST_TIMER: Final = 86_400.0
"""Seconds of one timer: a token may be valid for longer than a loop can count."""


class Connection:
    """What session.py adds are the frames that come.

    More attributes than a class should have: one object is what a connection costs, a second would cost it
    twice. `admission` and `login` are there once a customer's init is over.
    """

    __slots__ = (
        "_backlog",
        "_in_flight",
        "_over",
        "_pace",
        "_paused",
        "_timer",
        "admission",
        "farewell",
        "id",
        "login",
        "peer",
        "reception",
    )

    def __init__(self, reception: Reception, peer: Peer) -> None:
        limits = reception.limits
        self.reception = reception
        self.peer = peer
        self.id = secrets.token_urlsafe(12)
        self.admission: Admission | None = None
        self.login: Login
        self.farewell: str | UnsetType = UNSET
        self._backlog: deque[bytes] | None = None
        self._pace = Pace(limits.sends_per_second, limits.send_burst)
        self._in_flight = 0
        self._paused = False
        self._over = False
        self._timer: TimerHandle | None = _later(limits.init_timeout, self._init_timed_out)

    @property
    def over(self) -> bool:
        """Whether the connection is ending or has ended."""
        return self._over

    def write(self, frame: Answer) -> None:
        """Write a frame to this connection alone."""
        peer = self.peer
        peer.write(peer.wire.pack(frame))

    def refuse(self, error: ProtocolError, *, frame: Frame | None = None) -> None:
        """Answer with an error that echoes the frame's thread, cid and ref; too many 400s close the
        connection."""
        if self._over:
            return
        self.reception.counters.refused[error.reason] += 1
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
        self.reception.counters.refused[TOO_MANY.reason] += 1
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

    def expire_at(self, at_ms: int | None) -> None:
        """Close 4401 at this time, unless called again; None: never."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at_ms is not None:
            seconds = min((at_ms - now_ms()) / 1000, LONGEST_TIMER)
            self._timer = _later(seconds, partial(self._token_expired, at_ms))

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

    # Inside

    def _put_off(self, frame: Frame, wait: Wait) -> bool:
        self.reception.counters.refused[wait.error.reason] += 1
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


def _later(seconds: float, call: Callable[[], None]) -> TimerHandle:
    return asyncio.get_running_loop().call_later(seconds, call)

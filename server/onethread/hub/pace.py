"""How fast one connection may go, and what it is told when it goes faster (WIRE.md section 7): pure."""

from typing import Final, NamedTuple

from onethread.hub.rate import HOLD, Bucket, Strikes
from onethread_protocol.errors import ProtocolError

ACTS: Final = 4
"""How many times as fast as sends `typing`, `read` and `page` may come: a person who types sends more of
these."""
BAD_FRAMES: Final = 20
"""Frames answered 400 within BAD_FRAMES_WINDOW seconds, after which the connection is closed."""
BAD_FRAMES_WINDOW: Final = 60.0

AWAY: Final = ProtocolError(503, "store_unavailable", "The store is away; repeat this in a moment.")
TOO_MANY: Final = ProtocolError(429, "rate_limited", "Too many logins from this address.")
TOO_FAST: Final = ProtocolError(429, "rate_limited", "Too many messages at once.")


class Wait(NamedTuple):
    """A frame is not taken; another is after so many milliseconds."""

    error: ProtocolError
    ms: int


class Pace:
    """One connection's; `now` is a monotonic clock's, in seconds."""

    __slots__ = ("_acts", "_bad_frames", "_burst", "_held_by", "_held_until", "_rate", "_sends")

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._sends = Bucket(rate, burst)
        # Most connections never need these.
        self._acts: Bucket | None = None
        self._bad_frames: Strikes | None = None
        self._held_by = TOO_FAST
        self._held_until = 0.0

    def send(self, now: float) -> Wait | None:
        """Take a command that stores an event.

        After one that was refused none is taken for a moment (rate.HOLD), or it would overtake what is
        repeated.
        """
        if now >= self._held_until:
            if self._sends.take(now):
                return None
            self._hold(TOO_FAST, now, max(self._sends.wait(now), HOLD))
        return Wait(self._held_by, int((self._held_until - now) * 1000) + 1)

    def act(self, now: float) -> Wait | None:
        """Take a frame that stores no event."""
        if self._acts is None:
            self._acts = Bucket(self._rate * ACTS, self._burst * ACTS)
        return None if self._acts.take(now) else Wait(TOO_FAST, int(self._acts.wait(now) * 1000) + 1)

    def store_away(self, now: float) -> None:
        """Take no command for a moment: one was answered 503 and will be repeated."""
        self._hold(AWAY, now, HOLD)

    def bad_frame(self, now: float) -> bool:
        """Count a frame that was answered 400; true when it was one too many."""
        if self._bad_frames is None:
            self._bad_frames = Strikes(BAD_FRAMES, BAD_FRAMES_WINDOW)
        return self._bad_frames.strike(now)

    def _hold(self, error: ProtocolError, now: float, seconds: float) -> None:
        self._held_by = error
        self._held_until = now + seconds

"""How fast a connection may send (WIRE.md section 7): pure, clock given in seconds."""

from typing import Final

HOLD: Final = 1.0
"""Seconds for which nothing more is taken after a refusal. A client may have sent the next messages before it
heard of the refusal; taken, they would overtake the one that it repeats. One second is longer than a round
trip."""


class Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run; a rate of 0 is no limit."""

    __slots__ = ("_at", "_level", "burst", "rate")

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = max(burst, 1)
        self._level = float(self.burst)
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Take one if there is one."""
        if self.rate <= 0:
            return True
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True

    def wait(self, now: float) -> float:
        """Return after how many seconds there is one again."""
        if self.rate <= 0:
            return 0.0
        return max(0.0, (1 - self._level) / self.rate - (now - self._at))


class Strikes:
    """Counts what happens within a window of seconds, at most `limit` times."""

    __slots__ = ("_count", "_since", "limit", "window")

    def __init__(self, limit: int, window: float) -> None:
        self.limit = limit
        self.window = window
        self._count = 0
        self._since = 0.0

    def strike(self, now: float) -> bool:
        """Count one; true when it is the last one allowed within a window that began with the first."""
        if now - self._since > self.window:
            self._count, self._since = 0, now
        self._count += 1
        return self._count >= self.limit

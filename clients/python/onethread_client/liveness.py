"""Is anybody there? When to send `ping`, and when to give a connection up (WIRE.md section 6, 5 and 10)."""

from __future__ import annotations

from enum import Enum, auto

# After init, and after `ping`: seconds of silence that end the connection.
READY_WITHIN = 20.0
PONG_WITHIN = 5.0


class Due(Enum):
    """What silence asks for now."""

    PING = auto()
    GIVE_UP = auto()


class Liveness:
    """The silence of one connection. Times are the caller's monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._heard = now
        self._opened = now
        self._heartbeat: float | None = None
        self._pinged: float | None = None

    def ready(self, heartbeat_ms: int) -> None:
        """`ready` came, and says how often the server lets itself be heard."""
        self._heartbeat = heartbeat_ms / 1000

    def heard(self, at: float) -> None:
        """Anything at all came, a ping of the protocol included."""
        if at > self._heard:
            self._heard = at
            self._pinged = None

    def due(self, now: float) -> Due | None:
        """What is to be done now."""
        if self._heartbeat is None:
            return Due.GIVE_UP if now >= self._opened + READY_WITHIN else None
        if self._pinged is not None:
            return Due.GIVE_UP if now >= self._pinged + PONG_WITHIN else None
        if now >= self._heard + self._heartbeat:
            self._pinged = now
            return Due.PING
        return None

    def deadline(self) -> float:
        """When `due` is to be asked next, if nothing is heard before."""
        if self._heartbeat is None:
            return self._opened + READY_WITHIN
        return self._heard + self._heartbeat if self._pinged is None else self._pinged + PONG_WITHIN

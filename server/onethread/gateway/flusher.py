"""Gathers what one turn of the loop writes: one callback a hub and turn, one write a connection."""

import asyncio
import logging
from typing import Final, Protocol

from websockets.frames import CloseCode

LOG: Final = logging.getLogger(__name__)


class Flushed(Protocol):
    """What can hand its queued frames to its transport."""

    def flush(self) -> None:
        """Write what is queued."""

    def abort(self, code: int) -> None:
        """End the connection at once."""


class Flusher:
    """Connections with queued frames, each once; flushed together in the next turn of the loop."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[Flushed] = []

    def add(self, connection: Flushed) -> None:
        """Flush this connection soon. It must not be added again before it has been flushed."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(connection)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            try:
                connection.flush()
            except Exception:
                # One connection's trouble must not keep the others' frames back (P6).
                LOG.exception("a connection could not be flushed")
                connection.abort(CloseCode.INTERNAL_ERROR)

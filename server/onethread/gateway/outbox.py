"""Frames on their way from the hub, which never waits, to a coroutine that does."""

import asyncio
from collections import deque


class Outbox:
    """A queue that knows how many bytes it holds; its bound is kept by its owner."""

    __slots__ = ("_ended", "_frames", "_idle", "_some", "held")

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._ended = False
        self._some = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.held = 0

    def put(self, frame: bytes) -> None:
        """Queue a frame; after `finish` it is dropped."""
        if self._ended:
            return
        self._frames.append(frame)
        self.held += len(frame)
        self._some.set()
        self._idle.clear()

    def finish(self) -> None:
        """Let `take` answer None once all frames are taken, and `drained` return at once."""
        self._ended = True
        self._some.set()
        self._idle.set()

    async def take(self) -> bytes | None:
        """The next frame, awaited; the one before counts as sent from now on. None at the end."""
        if not self._frames and not self._ended:
            self._idle.set()
            self._some.clear()
            await self._some.wait()
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self.held -= len(frame)
        return frame

    async def drained(self) -> None:
        """Return when every frame has been taken and sent, or at the end."""
        await self._idle.wait()

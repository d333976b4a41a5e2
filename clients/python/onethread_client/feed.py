"""Changes on their way to whoever watches, bounded: who falls behind is told to look at everything again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from weakref import WeakSet

from onethread_client.changes import Change, Refreshed

# A watcher reads the client's state for itself, so nothing is lost with the changes between: only the order
# they came in.
MOST = 1_000


class Watcher:
    """One reader's queue. Iterating ends when the feed does."""

    def __init__(self) -> None:
        self._queue: deque[Change] = deque()
        self._wake = asyncio.Event()
        self._over = False

    def tell(self, change: Change) -> None:
        """Takes a change; beyond the bound all that wait become one `Refreshed`."""
        if len(self._queue) >= MOST:
            self._queue.clear()
            change = Refreshed()
        self._queue.append(change)
        self._wake.set()

    def end(self) -> None:
        """What waits can still be read; then iterating ends."""
        self._over = True
        self._wake.set()

    def __aiter__(self) -> AsyncIterator[Change]:
        return self

    async def __anext__(self) -> Change:
        while not self._queue:
            if self._over:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._queue.popleft()


class Feed:
    """Every watcher gets every change from when it began to watch, for as long as somebody holds it."""

    def __init__(self) -> None:
        self._watchers: WeakSet[Watcher] = WeakSet()
        self._over = False

    def watch(self) -> Watcher:
        """A new watcher."""
        watcher = Watcher()
        if self._over:
            watcher.end()
        else:
            self._watchers.add(watcher)
        return watcher

    def tell(self, change: Change) -> None:
        """Tells all watchers."""
        for watcher in self._watchers:
            watcher.tell(change)

    def end(self) -> None:
        """No more changes will come."""
        self._over = True
        for watcher in self._watchers:
            watcher.end()

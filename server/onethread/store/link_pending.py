"""A command on its way to the store, and those that wait for a link that is away."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from onethread.store.errors import StoreError, StoreUnavailable, UnknownOutcome
from onethread.store.scripts import Script

Done = Callable[[Any], None]
"""Called once: with the reply (bytes, int, None, or a list of these and of StoreError), or with a StoreError
instance.
"""


# A Struct is made in 70 ns, a class with __slots__ in 200; gc=False: it dies with its reply, and thousands
# are never scanned.
class Pending(msgspec.Struct, gc=False):
    """One command, packed, from its call to its answer. `sent`: a lost link had it; `give_up`: loop time, 0
    while not waiting.
    """

    packed: bytes
    done: Done
    script: Script | None
    idempotent: bool
    sent: bool = False
    give_up: float = 0.0
    reloads: int = 0

    def fail(self, why: str) -> None:
        """Answers, in a later tick, that it was not done, or that nobody knows."""
        error: StoreError = UnknownOutcome(why) if self.sent else StoreUnavailable(why)
        asyncio.get_running_loop().call_soon(self.done, error)


class Waiting:
    """Idempotent commands, in order, that wait for the next connection: each `patience` seconds from its
    first wait at most.

    The bound is by command and not by loss, so that one that takes the store down each time is not sent for
    ever.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._queue: deque[Pending] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, pending: Pending) -> None:
        """Lets it wait its turn; it fails when its time is over."""
        loop = asyncio.get_running_loop()
        pending.give_up = pending.give_up or loop.time() + self._patience
        self._queue.append(pending)
        if self._timer is None:
            self._timer = loop.call_at(pending.give_up, self._expire)

    def take(self) -> list[Pending]:
        """All that wait, oldest first; none is left."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        taken = list(self._queue)
        self._queue.clear()
        return taken

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        # Those that waited before have less time left and stand in front: the queue is sorted.
        while self._queue and self._queue[0].give_up <= loop.time():
            self._queue.popleft().fail(f"the store was away for {self._patience:g} s")
        self._timer = loop.call_at(self._queue[0].give_up, self._expire) if self._queue else None

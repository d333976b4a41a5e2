"""One clock for all connections of a hub: a sweep that visits each of them once a heartbeat.

Connections fall into slots, and every tick visits one slot: the work is spread over the interval, and no
connection has a timer of its own.
"""

import asyncio
from collections.abc import Iterator
from itertools import chain
from typing import Final, Generic, Protocol, TypeVar

SLOTS: Final = 53
"""With 10,000 connections and 25 s: some 190 pings every half second. A prime, as the slot comes from the
hash, which is an address: the stride between objects must not share a factor with the number of slots."""


class Beating(Protocol):
    """What is visited once a heartbeat; hashed by identity."""

    def beat(self) -> None:
        """Show a sign of life, or take its absence as the end; must not raise."""


ConnectionT = TypeVar("ConnectionT", bound=Beating)


class Heartbeat(Generic[ConnectionT]):
    """The connections of a hub, and the sweep over them. `interval` is in seconds."""

    __slots__ = ("_interval", "_slots")

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._slots: tuple[set[ConnectionT], ...] = tuple(set() for _ in range(SLOTS))

    def __len__(self) -> int:
        return sum(map(len, self._slots))

    def __iter__(self) -> Iterator[ConnectionT]:
        """All connections as they are now; they may leave while being iterated."""
        return iter(tuple(chain.from_iterable(self._slots)))

    def add(self, connection: ConnectionT) -> None:
        """Visit this connection once an interval, the first time within one interval from now."""
        self._slots[hash(connection) % SLOTS].add(connection)

    def remove(self, connection: ConnectionT) -> bool:
        """Visit it no more; tell whether it was visited at all."""
        slot = self._slots[hash(connection) % SLOTS]
        visited = connection in slot
        slot.discard(connection)
        return visited

    def sweep(self, slot: int) -> None:
        """Visit the connections of one slot."""
        for connection in tuple(self._slots[slot]):
            connection.beat()

    async def run(self) -> None:
        """Sweep slot after slot, all of them once an interval, until cancelled."""
        while True:
            for slot in range(SLOTS):
                await asyncio.sleep(self._interval / SLOTS)
                self.sweep(slot)

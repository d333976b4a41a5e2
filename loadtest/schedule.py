"""When what is due, and who does it: pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NS: Final = 1_000_000_000
ADDRESSES: Final = 200
"""Loopback addresses to dial from: 50 connections of 10,000 on each, so ports never run out."""


@dataclass(slots=True)
class OpenLoop:
    """Sends at a rate, whatever the server does: message i is due at start + (i × of + worker) / rate.

    The processes of a fleet take turns, so that together they are as even as one. Times are in nanoseconds of
    the machine's monotonic clock, which all its processes share.
    """

    start_ns: int
    rate: float
    seconds: float
    worker: int = 0
    of: int = 1
    taken: int = 0

    @property
    def total(self) -> int:
        """How many messages of this process fall due in all."""
        everyone = round(self.rate * self.seconds)
        return max(0, (everyone - self.worker + self.of - 1) // self.of)

    def due(self, number: int) -> int:
        """The time at which a message of this process falls due."""
        return self.start_ns + round((number * self.of + self.worker) * NS / self.rate)

    def overdue(self, now_ns: int) -> Iterator[int]:
        """Take all that fell due up to now; yields the time of each."""
        while self.taken < self.total and (due := self.due(self.taken)) <= now_ns:
            self.taken += 1
            yield due

    @property
    def over(self) -> bool:
        """Whether all has been taken."""
        return self.taken >= self.total


def share(count: int, worker: int, of: int) -> range:
    """Which of `count` things belong to this process: whole, next to each other, as evenly as can be."""
    return range(count * worker // of, count * (worker + 1) // of)


def local_address(number: int, addresses: int) -> str:
    """The loopback address that connection `number` dials from: each has some 28,000 ports."""
    return f"127.0.0.{2 + number % addresses}"


def seats(threads: int, devices: int, worker: int, of: int) -> list[tuple[int, int]]:
    """The (thread, device) numbers of this process's connections.

    Threads are kept whole, unless there are fewer of them than processes.
    """
    if threads >= of:
        return [(thread, device) for thread in share(threads, worker, of) for device in range(devices)]
    return [(thread, device) for thread in range(threads) for device in share(devices, worker, of)]

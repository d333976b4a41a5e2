"""How much one address may do: connections at once, and acts per minute. Pure: the clock is given.

0 means no limit everywhere. An IPv6 address counts as its /64, which is what a single customer of a provider
has (RFC 6177), else one machine could use 2^64 addresses.
"""

from ipaddress import AddressValueError, IPv6Address
from typing import Final

NETWORK_BITS: Final = 64
ADDRESSES: Final = 50_000
"""Addresses remembered by one rate limit: some 6 MB. Beyond, those seen longest ago are forgotten."""
MINUTE: Final = 60.0
ROUNDING: Final = 1e-6
"""Seconds: the sum of a minute's parts is not quite a minute."""


def counted_as(address: str) -> str:
    """Under which key an address is counted: IPv6 by its /64, all else as it is."""
    if ":" not in address:
        return address
    try:
        number = int(IPv6Address(address))
    except AddressValueError:
        return address
    return f"{IPv6Address(number >> NETWORK_BITS << NETWORK_BITS)}/{NETWORK_BITS}"


class ConnectionLimit:
    """At most `most` connections of one address at once; memory for those that are open."""

    __slots__ = ("_most", "_open")

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[str, int] = {}

    def enter(self, address: str) -> bool:
        """Count one more in, unless the address has as many as it may."""
        key = counted_as(address)
        held = self._open.get(key, 0)
        if self._most and held >= self._most:
            return False
        self._open[key] = held + 1
        return True

    def leave(self, address: str) -> None:
        """Count one out that had entered."""
        key = counted_as(address)
        held = self._open[key] - 1
        if held:
            self._open[key] = held
        else:
            del self._open[key]

    def __len__(self) -> int:
        """How many addresses have a connection."""
        return len(self._open)


class RateLimit:
    """At most `per_minute` acts of one address at once, and as many in each minute after (a token bucket).

    A bucket is one number, the time at which it will be full again: each act moves it on by the time that one
    act takes to come back, and an act is allowed while that time is no more than a minute away.
    """

    __slots__ = ("_addresses", "_full_at", "_interval", "_per_minute")

    def __init__(self, per_minute: int, addresses: int = ADDRESSES) -> None:
        self._per_minute = per_minute
        self._interval = MINUTE / per_minute if per_minute else 0.0
        self._addresses = addresses
        self._full_at: dict[str, float] = {}

    def wait(self, address: str, now: float) -> float:
        """Seconds until `take` would be allowed; 0.0 if it is. `now` is a monotonic clock's, in seconds."""
        return self._wait(self._full_at.get(counted_as(address), now), now)

    def take(self, address: str, now: float) -> float:
        """Do one act: 0.0 if it is allowed, else nothing is counted and the answer is `wait`'s."""
        if not self._per_minute:
            return 0.0
        key = counted_as(address)
        full_at = max(self._full_at.pop(key, now), now)
        wait = self._wait(full_at, now)
        # Put back at the end, so that the first ones are those seen longest ago.
        self._full_at[key] = full_at if wait else full_at + self._interval
        self._forget(now)
        return wait

    def give_back(self, address: str, now: float) -> None:
        """Undo one act that was allowed."""
        key = counted_as(address)
        if key in self._full_at:
            self._full_at[key] = max(self._full_at[key] - self._interval, now)

    def _wait(self, full_at: float, now: float) -> float:
        wait = full_at + self._interval - MINUTE - now
        return wait if wait > ROUNDING else 0.0

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._full_at)

    def _forget(self, now: float) -> None:
        """Drop the oldest: two of them if their buckets are full, one in any case if there are too many."""
        for _ in range(2):
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= self._addresses:
                return
            del self._full_at[oldest]

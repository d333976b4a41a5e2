"""What one address may do, as the hub asks it."""

import math
import time

from onethread.gateway.limits import RateLimit


class Addresses:
    """The hub's Addresses: inits and refused identities per minute (0: no limit)."""

    def __init__(self, inits_per_minute: int, refusals_per_minute: int) -> None:
        self._inits = RateLimit(inits_per_minute)
        self._refusals = RateLimit(refusals_per_minute)

    def init(self, address: str) -> int:
        """Count an init; 0, or after how many milliseconds another is taken."""
        return math.ceil(self._inits.take(address, time.monotonic()) * 1000)

    def refusal(self, address: str) -> int:
        """Count a refused identity; 0, or after how many milliseconds another is taken."""
        return math.ceil(self._refusals.take(address, time.monotonic()) * 1000)

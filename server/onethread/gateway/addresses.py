"""What one address may do, as the hub asks it."""

import math
import time

from onethread.gateway.limits import RateLimit


class Addresses:
    """The hub's Addresses: inits and refused identities per minute (0: no limit).

    Failed logins of agents count as refused identities (agents/login.py, Attempts).
    """

    def __init__(self, inits_per_minute: int, refusals_per_minute: int) -> None:
        self._inits = RateLimit(inits_per_minute)
        self._refusals = RateLimit(refusals_per_minute)

    def init(self, address: str) -> int:
        """Count an init; 0, or after how many milliseconds another is taken."""
        return math.ceil(self._inits.take(address, time.monotonic()) * 1000)

    def refusal(self, address: str) -> int:
        """Count a refused identity; 0, or after how many milliseconds another is taken."""
        return math.ceil(self._refusals.take(address, time.monotonic()) * 1000)

    def login(self, address: str) -> int:
        """Count a login; 0, or after how many milliseconds another is taken."""
        return self.refusal(address)

    def logged_in(self, address: str) -> None:
        """Take back the last login: it was no failure."""
        self._refusals.give_back(address, time.monotonic())

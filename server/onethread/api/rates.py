"""How many requests a caller may make (ONETHREAD_REQUESTS_PER_SECOND). Pure: the clock is given.

As in gateway/limits.py, a bucket is one number: the time at which it will be full again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

CALLERS: Final = 10_000
"""Callers remembered, some 2 MB; beyond, those seen longest ago are forgotten."""
ROUNDING: Final = 1e-6
"""Seconds: the sum of a second's parts is not quite a second."""


class Allowance(NamedTuple):
    """Whether a request is taken (`wait` 0.0), else after how many seconds one is; how many more at once are.

    `full` is after how many seconds all of them are.
    """

    wait: float
    left: int
    full: float


class Rates:
    """At most a second's requests of one caller at once, and as many in each second after; 0: no limit."""

    def __init__(self, per_second: float, callers: int = CALLERS) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._burst = max(1, math.ceil(per_second))
        self._callers = callers
        self._full_at: dict[str, float] = {}

    def take(self, caller: str, now: float) -> Allowance:
        """Take a request at `now`, a monotonic clock's seconds."""
        if not self._interval:
            return Allowance(0.0, 0, 0.0)
        window = self._burst * self._interval
        full_at = max(self._full_at.pop(caller, now), now)
        wait = full_at + self._interval - window - now
        if wait <= ROUNDING:
            wait, full_at = 0.0, full_at + self._interval
        self._full_at[caller] = full_at
        if len(self._full_at) > self._callers:
            del self._full_at[next(iter(self._full_at))]
        left = int((now + window - full_at + ROUNDING) / self._interval)
        return Allowance(wait, left, full_at - now)

    def headers(self, allowance: Allowance) -> Mapping[str, str]:
        """Return what a response tells of it: the fields of draft-ietf-httpapi-ratelimit-headers."""
        if not self._interval:
            return {}
        window = max(1, math.ceil(self._burst * self._interval))
        return {
            "RateLimit-Policy": f'"requests";q={self._burst};w={window}',
            "RateLimit": f'"requests";r={allowance.left};t={math.ceil(allowance.full)}',
        }

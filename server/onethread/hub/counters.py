"""What a hub counts about itself: plain integers, incremented in place by whoever does the work.

Counting must cost next to nothing on the hot path (an attribute increment is some 20 ns, a Prometheus
counter with its lock and label look-up many times that), so nothing here knows about Prometheus:
`onethread.metrics` reads these objects when `/metrics` is asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

# Seconds. An ack is one fsync away (about 1 ms on an SSD) and a fan-out one pub/sub hop, so the resolution
# is below 10 ms; the last buckets are for a store that struggles.
LATENCY_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


GATHERED = 512
"""Observations sorted into their buckets at a time: one by one, a message's two would be 3 % of its cost."""


class Histogram:
    """Observations in fixed buckets (LATENCY_BOUNDS)."""

    __slots__ = ("_counts", "_new", "_total")

    def __init__(self) -> None:
        self._counts = [0] * (len(LATENCY_BOUNDS) + 1)
        self._total = 0.0
        self._new: list[float] = []

    def observe(self, seconds: float) -> None:
        """Count one duration in seconds; one below zero (clocks of two machines) counts as zero."""
        self._new.append(seconds)
        if len(self._new) == GATHERED:
            self._sort_in()

    @property
    def counts(self) -> list[int]:
        """How many there were in each bucket: up to each bound, the last beyond all."""
        self._sort_in()
        return self._counts

    @property
    def total(self) -> float:
        """The sum of seconds."""
        self._sort_in()
        return self._total

    def _sort_in(self) -> None:
        new, self._new = sorted(self._new), []
        self._total += sum(new[bisect_left(new, 0.0) :])
        below = 0
        for bucket, bound in enumerate(LATENCY_BOUNDS):
            up_to = bisect_right(new, bound)
            self._counts[bucket] += up_to - below
            below = up_to
        self._counts[-1] += len(new) - below


class Counters:
    """What one hub did since it started; every count only ever rises. The edge has its own (gateway).

    - `sends`: `send` frames acked; `deliveries`: events written to a peer live.
    - `backfills`: reads of a log because a push was missed; `refused`: error frames by `reason`.
    - `ack_latency`: seconds from a command's frame to its ack; `fanout_lag`: from an event's `at` to its
      delivery.
    - `webhooks_told`: what webhooks took; `webhooks_failed`: calls of them that failed; `webhooks_dead`: what
      was given up.
    """

    __slots__ = (
        "ack_latency",
        "backfills",
        "deliveries",
        "fanout_lag",
        "refused",
        "sends",
        "webhooks_dead",
        "webhooks_failed",
        "webhooks_told",
    )

    def __init__(self) -> None:
        self.sends = 0
        self.deliveries = 0
        self.backfills = 0
        self.refused: defaultdict[str, int] = defaultdict(int)
        self.ack_latency = Histogram()
        self.fanout_lag = Histogram()
        self.webhooks_told = 0
        self.webhooks_failed = 0
        self.webhooks_dead = 0

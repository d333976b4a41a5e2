"""Latencies in microseconds, three significant digits, 1 µs to 2 minutes: an HdrHistogram."""

from __future__ import annotations

import base64
import math
from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Final

from hdrh.histogram import HdrHistogram

LONGEST_US: Final = 120_000_000
"""Whatever takes longer is counted as this: every wait of a run is bounded below it."""
DIGITS: Final = 3
QUANTILES: Final = (50.0, 90.0, 99.0, 99.9)


class Histogram:
    """Counts of latencies; merging two loses nothing."""

    def __init__(self) -> None:
        self._counts = HdrHistogram(1, LONGEST_US, DIGITS)

    def __len__(self) -> int:
        return int(self._counts.get_total_count())

    def record(self, latencies_us: Iterable[int]) -> None:
        """Count these latencies; below 1 µs counts as 1 µs."""
        record = self._counts.record_value
        # Equal ones together: a count in C costs a thirtieth of a record.
        for latency, count in Counter(latencies_us).items():
            record(min(max(latency, 1), LONGEST_US), count)

    def merge(self, other: Histogram) -> None:
        """Add all that the other one counted."""
        self._counts.add(other._counts)

    def at(self, percentile: float) -> int:
        """The latency in µs that this share (0 to 100) stayed at or below; 0 when nothing was counted."""
        return int(self._counts.get_value_at_percentile(percentile)) if len(self) else 0

    @property
    def longest(self) -> int:
        """The longest latency in µs; 0 when nothing was counted."""
        return int(self._counts.get_max_value()) if len(self) else 0

    def summary(self) -> dict[str, int]:
        """p50, p90, p99, p99.9 and max in µs, and how many were counted."""
        return {
            **{f"p{percentile:g}": self.at(percentile) for percentile in QUANTILES},
            "max": self.longest,
            "count": len(self),
        }

    def curve(self) -> list[tuple[float, int]]:
        """Points (percentile, µs) for a plot, ever closer to 100 as far as the count carries."""
        if not len(self):
            return []
        # A tenth of a decade a step; beyond 1 in `count` there is nothing but the longest.
        steps = range(math.ceil(10 * math.log10(len(self))) + 1)
        points = [100 - 100 / 10 ** (step / 10) for step in steps]
        return [(round(point, 6), self.at(point)) for point in points]


def packed(latencies_us: list[int]) -> str:
    """Latencies as text for another process: a histogram of them there stops no fleet here."""
    return base64.b64encode(array("I", latencies_us).tobytes()).decode()


def unpacked(text: str) -> array[int]:
    """What `packed` was given."""
    return array("I", base64.b64decode(text))

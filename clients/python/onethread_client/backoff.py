"""Waiting longer after each failure, by an amount that differs between clients so that they don't come back
all at once.
"""

from __future__ import annotations

from collections.abc import Callable

Random = Callable[[], float]


class Backoff:
    """Seconds to wait before each next try: doubling from `first` to `most`, of which a random half to whole
    is taken.
    """

    def __init__(self, random: Random, first: float = 0.5, most: float = 30.0) -> None:
        self._random = random
        self._first = first
        self._most = most
        self._tries = 0

    def next(self) -> float:
        """The seconds to wait now."""
        # Beyond 2^16 the power would only grow into numbers that `most` cuts anyway.
        whole = min(self._most, self._first * (1 << min(self._tries, 16)))
        self._tries += 1
        return whole * (0.5 + self._random() / 2)

    def reset(self) -> None:
        """It worked: the next failure waits as briefly as the first."""
        self._tries = 0

"""The newest part of a log, in memory."""

from collections import deque
from typing import Final

TAIL: Final = 64
"""Newest elements kept in memory, a default tail and a bit: a second device's replay needs no store read."""
TAIL_BYTES: Final = 32 * 1024
"""… but no more than this; long messages are read from the log."""


class Tail:
    """The newest elements of a log without a gap, up to the position; empty when there is nothing to rely
    on."""

    __slots__ = ("_bytes", "_elements", "first")

    def __init__(self) -> None:
        self._elements: deque[bytes] = deque()
        self._bytes = 0
        self.first = 1

    def restart(self, next_seq: int) -> None:
        """Forget everything; the next element to come has this seq."""
        self._elements.clear()
        self._bytes = 0
        self.first = next_seq

    def append(self, element: bytes) -> None:
        """Add the next element and drop the oldest beyond the bounds."""
        self._elements.append(element)
        self._bytes += len(element)
        while len(self._elements) > TAIL or self._bytes > TAIL_BYTES:
            self._bytes -= len(self._elements.popleft())
            self.first += 1

    def prepend(self, newest_first: list[bytes]) -> None:
        """Put older elements before what is held, as far as the bounds allow."""
        for element in newest_first:
            if len(self._elements) >= TAIL or self._bytes + len(element) > TAIL_BYTES:
                return
            self._elements.appendleft(element)
            self._bytes += len(element)
            self.first -= 1

    def __len__(self) -> int:
        return len(self._elements)

    def __getitem__(self, seq: int) -> bytes:
        """Return the element with this seq, from `first` on."""
        return self._elements[seq - self.first]

    def between(self, first: int, last: int) -> list[bytes] | None:
        """Return the elements from `first` to `last`, None if not all are held."""
        if first < self.first or last - self.first >= len(self._elements):
            return None
        return [self[seq] for seq in range(first, last + 1)]

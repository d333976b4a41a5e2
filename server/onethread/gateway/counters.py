"""What the edge counts about itself: plain integers, incremented in place, read by the metrics."""

from typing import Final

from onethread_protocol.codes import CLOSES

RFC_CODES: Final = frozenset({1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013})
OTHER: Final = 0
"""Stands for every close code that neither RFC 6455 nor our own table knows: a peer may send any number."""


class Traffic:
    """One hub's edge since it started; all but `open` only ever rise.

    - `accepted`: WebSockets accepted, `open`: those open now, `refused`: those closed at once with 4429.
    - `closes`: ended ones by close code, also when the peer could not be told (4408, 4430).
    - `frames_in`, `bytes_in`: whole messages received, and bytes with headers.
    - `frames_out`, `bytes_out`, `writes`: frames and bytes handed to the kernel, and in how many writes.

    More attributes than a class should have: each is one measured thing, and a mapping would cost the hot
    path a hash.
    """

    __slots__ = (
        "accepted",
        "bytes_in",
        "bytes_out",
        "closes",
        "frames_in",
        "frames_out",
        "open",
        "refused",
        "writes",
    )

    def __init__(self) -> None:
        self.accepted = 0
        self.open = 0
        self.refused = 0
        self.closes: dict[int, int] = {}
        self.frames_in = 0
        self.bytes_in = 0
        self.frames_out = 0
        self.bytes_out = 0
        self.writes = 0

    def closed(self, code: int) -> None:
        """Count one connection's end by its close code."""
        known = int(code) if code in CLOSES or code in RFC_CODES else OTHER
        self.closes[known] = self.closes.get(known, 0) + 1

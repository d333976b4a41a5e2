"""Who is typing: the others, each forgotten after 6 s of silence, and this side, told again every 3 s
(WIRE.md section 2 and 4).
"""

from __future__ import annotations

from onethread_client.events import Author

EXPIRES = 6.0
REPEATS = 3.0


class Typists:
    """The others who type in one thread. Times are the caller's monotonic seconds."""

    def __init__(self) -> None:
        self._until: dict[Author, float] = {}

    def heard(self, author: Author, on: bool, now: float) -> bool:
        """Takes a `typing` frame; whether who types changed."""
        known = author in self._until
        if on:
            self._until[author] = now + EXPIRES
        else:
            self._until.pop(author, None)
        return known != on

    def wrote(self, author: Author) -> bool:
        """Takes a message: its author has stopped typing. Whether who types changed."""
        typing = [one for one in self._until if (one.type, one.id) == (author.type, author.id)]
        for one in typing:
            del self._until[one]
        return bool(typing)

    def expired(self, now: float) -> list[Author]:
        """Those not heard of for 6 s; they type no longer."""
        gone = [author for author, until in self._until.items() if until <= now]
        for author in gone:
            del self._until[author]
        return gone

    def now(self) -> tuple[Author, ...]:
        """Who types."""
        return tuple(self._until)

    def deadline(self) -> float | None:
        """When `expired` is to be asked next."""
        return min(self._until.values(), default=None)


class OwnTyping:
    """Whether this side types, and what has to be told of it."""

    def __init__(self) -> None:
        self.on = False
        self._told: float | None = None

    def due(self, now: float) -> bool | None:
        """The `on` to send now, if any: at the start, every 3 s while it lasts, and once at its end."""
        if self.on and (self._told is None or now >= self._told + REPEATS):
            self._told = now
            return True
        if not self.on and self._told is not None:
            self._told = None
            return False
        return None

    def disconnected(self) -> None:
        """The next connection is told afresh; that this one ended typing is seen by its end."""
        self._told = None

    def deadline(self) -> float | None:
        """When `due` is to be asked next, if nothing changes before."""
        return self._told + REPEATS if self.on and self._told is not None else None

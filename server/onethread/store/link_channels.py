"""Which channels are wanted, and what the store has confirmed of them. No I/O: requests and replies are
values here.

The store answers requests in order, so what was asked is a queue. A confirmation belongs to the entry that
asked for it: a channel that was given up and is wanted again has another entry, and the confirmation of the
first says nothing about that.
"""

import asyncio
from collections import deque
from typing import NamedTuple

import msgspec

from onethread.store import resp
from onethread.store.errors import StoreError


class Entry(msgspec.Struct, eq=False):
    """A wanted channel. `confirmed`: the store sends its messages; `lapsed`: it did, and messages may have
    been lost since.

    `waiters` are those who want to know when it is confirmed; `held`: one of them was told so.
    """

    channel: bytes
    confirmed: bool = False
    lapsed: bool = False
    held: bool = False
    waiters: list[asyncio.Future[None]] = []

    def settle(self, error: StoreError | None) -> None:
        """Tells who waits that it is confirmed, or why not."""
        for waiter in self.waiters:
            if waiter.done():  # cancelled
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)


class Confirmed(NamedTuple):
    """The store sends this channel's messages from here on. `gap`: it did before, and some may have been
    lost.
    """

    entry: Entry
    gap: bool


class Refused(NamedTuple):
    """The store would not subscribe it."""

    entry: Entry
    error: StoreError


class Dropped(NamedTuple):
    """The store ended a wanted channel's subscription, unasked: in a cluster, when its slot moves away."""

    entry: Entry


class Channels:
    """The wanted channels of one hub, and the requests of its present connection that have no answer yet."""

    def __init__(self) -> None:
        self.wanted: dict[bytes, Entry] = {}
        self._asked: deque[tuple[bytes, Entry | None]] = deque()

    def want(self, channel: bytes) -> tuple[Entry, bool]:
        """The channel's entry, and whether it is new: then it is to be asked for."""
        entry = self.wanted.get(channel)
        if entry is not None:
            return entry, False
        entry = self.wanted[channel] = Entry(channel)
        return entry, True

    def wants(self, entry: Entry) -> bool:
        """Whether this entry is the channel's present one."""
        return self.wanted.get(entry.channel) is entry

    def forget(self, entry: Entry, error: StoreError) -> None:
        """The channel is no longer wanted; who still waits for it is told the error."""
        del self.wanted[entry.channel]
        entry.settle(error)

    def ask(self, entry: Entry) -> bytes:
        """The request to subscribe it, packed; to be sent in the order of these calls."""
        self._asked.append((b"ssubscribe", entry))
        return resp.pack((b"SSUBSCRIBE", entry.channel))

    def give_up(self, entry: Entry) -> bytes:
        """The request to unsubscribe it, packed. It must no longer be wanted."""
        self._asked.append((b"sunsubscribe", entry))
        return resp.pack((b"SUNSUBSCRIBE", entry.channel))

    def ping(self) -> bytes | None:
        """The request for a sign of life, packed; None when an answer is awaited anyway."""
        if self._asked:
            return None
        self._asked.append((b"pong", None))
        return resp.pack((b"PING",))

    def cut(self) -> None:
        """The connection is gone: what was asked will not be answered, and what is published now is lost."""
        self._asked.clear()
        for entry in self.wanted.values():
            entry.lapsed = entry.lapsed or entry.confirmed
            entry.confirmed = False

    def read(self, reply: object) -> Confirmed | Refused | Dropped | None:
        """What a reply, other than a message, says about a wanted channel. resp.BrokenStream: it answers
        nothing that was asked.
        """
        kind, channel = (reply[0], reply[1]) if isinstance(reply, list) else (b"", b"")
        if kind == b"sunsubscribe" and not self._answers(kind, channel):
            return self._dropped(channel)
        if not self._asked or (kind and not self._answers(kind, channel)):
            raise resp.BrokenStream("a reply that nobody asked for")
        asked, entry = self._asked.popleft()
        if asked != b"ssubscribe" or entry is None or not self.wants(entry):
            return None
        if isinstance(reply, StoreError):
            return Refused(entry, reply)
        gap, entry.lapsed, entry.confirmed = entry.lapsed, False, True
        return Confirmed(entry, gap)

    def _answers(self, kind: bytes, channel: bytes) -> bool:
        if not self._asked:
            return False
        asked, entry = self._asked[0]
        return asked == kind and (entry is None or entry.channel == channel)

    def _dropped(self, channel: bytes) -> Dropped | None:
        entry = self.wanted.get(channel)
        if entry is None or not entry.confirmed:
            return None
        entry.lapsed, entry.confirmed = True, False
        return Dropped(entry)

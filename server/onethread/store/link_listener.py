"""The listener: one connection of the subscriber, from its first request to its loss."""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from onethread.store.link_channels import Channels, Confirmed, Dropped, Entry, Refused
from onethread.store.link_line import Line

# A channel that was subscribed once and is refused now: in a cluster, its slot is between two nodes.
_AGAIN_SECONDS = 0.2


class Owner(Protocol):
    """Whose listener it is: told, once each, that the connection stands and that it has ended; and what comes
    over it.
    """

    @property
    def on_message(self) -> Callable[[bytes, bytes], None]: ...

    @property
    def on_gap(self) -> Callable[[Collection[bytes]], None]: ...

    def made(self, listener: "Listener") -> None: ...

    def lost(self, why: str) -> None: ...


class Listener(Line):
    """Sends the requests of `channels`, and tells its owner of messages, and of channels that were subscribed
    again.
    """

    def __init__(self, channels: Channels, owner: Owner) -> None:
        super().__init__()
        self._channels = channels
        self._owner = owner
        self._again: list[bytes] = []

    def ask(self, entry: Entry) -> None:
        """Subscribes the channel."""
        self._queue(self._channels.ask(entry))

    def give_up(self, entry: Entry) -> None:
        """Unsubscribes the channel, which is no longer wanted."""
        self._queue(self._channels.give_up(entry))

    def probe(self) -> None:
        ping = self._channels.ping()
        if ping is not None:
            self._queue(ping)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._owner.made(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._owner.lost(self._reason)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._again:
            wanted = [channel for channel in self._again if channel in self._channels.wanted]
            self._again.clear()
            self._guarded(self._owner.on_gap, wanted)

    def replied(self, reply: object) -> None:
        if type(reply) is list and reply[0] == b"smessage":
            # A channel that was given up still sends until the store has heard of it.
            if reply[1] in self._channels.wanted:
                try:  # `_guarded`, written out: 5 % of a push
                    self._owner.on_message(reply[1], reply[2])
                except Exception as error:  # noqa: BLE001 - whatever it is, the next message is another's
                    self._report(error)
            return
        match self._channels.read(reply):
            case Confirmed(entry, gap):
                entry.settle(None)
                if gap:
                    self._again.append(entry.channel)
            case Refused(entry, refused) if not entry.held:
                self._channels.forget(entry, refused)
            case Refused(entry) | Dropped(entry):
                self._loop.call_later(_AGAIN_SECONDS, self._ask_again, entry)

    def _ask_again(self, entry: Entry) -> None:
        if self._channels.wants(entry) and not entry.confirmed and not self.lost.done():
            self.ask(entry)

"""The subscriber: a connection of its own to a node of the store, for the messages of sharded channels
(DESIGN.md section 3).

A message is sent once and kept nowhere. So whatever may have lost some (a connection that was cut, by the
store too when this hub reads too slowly; a slot that moved) is noticed here, repaired by subscribing again,
and reported by channel, for the hub to compare with the log (P7).
"""

import asyncio
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

from onethread.store.errors import StoreUnavailable
from onethread.store.link_channels import Channels, Entry
from onethread.store.link_listener import Listener
from onethread.store.link_upkeep import SILENCE_SECONDS, Upkeep

PATIENCE_SECONDS = 2.0
"""How long `subscribe` waits: over a store's restart, not longer than a person would."""


class Subscriber:
    """`async with Subscriber(url, on_message=…, on_gap=…) as subscriber:` dials at once and for ever, until
    the end of the block.

    `on_message(channel, payload)` is called for each message of a wanted channel, in the order sent.
    `on_gap(channels)`: messages of these may have been lost; all of them are subscribed again, so that
    reading the log now misses nothing. What the callbacks raise is reported to the loop. ValueError: the URL
    is none of a store.
    """

    def __init__(
        self,
        url: str,
        *,
        on_message: Callable[[bytes, bytes], None],
        on_gap: Callable[[Collection[bytes]], None],
        patience: float = PATIENCE_SECONDS,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self._upkeep = Upkeep(url, lambda: Listener(self._channels, self), silence)
        self._channels = Channels()
        self.on_message = on_message
        self.on_gap = on_gap
        self._patience = patience
        self._listener: Listener | None = None

    async def __aenter__(self) -> Self:
        self._upkeep.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._upkeep.stop()
        for channel in list(self._channels.wanted):
            self.unsubscribe(channel)

    @property
    def connected(self) -> bool:
        return self._listener is not None

    @property
    def trouble(self) -> str:
        """Why there is no connection, for a person; empty while there is one."""
        return self._upkeep.trouble

    async def ready(self) -> None:
        """Returns once connected; however long that takes."""
        await self._upkeep.ready()

    async def subscribe(self, channel: bytes | str) -> None:
        """Returns when the store has confirmed; every message published from then on comes, or `on_gap`.
        Twice is as once.

        StoreUnavailable: not confirmed within 2 s, or unsubscribed meanwhile; CommandError: refused. After
        these, or when cancelled, the channel is not wanted, unless another call has asked for it.
        """
        entry, new = self._channels.want(_encoded(channel))
        if new and self._listener is not None:
            self._listener.ask(entry)
        if not entry.confirmed:
            await self._confirmation(entry)
        entry.held = True

    def unsubscribe(self, channel: bytes | str) -> None:
        """No message and no gap of this channel is reported from now on."""
        entry = self._channels.wanted.get(_encoded(channel))
        if entry is not None:
            self._channels.forget(entry, StoreUnavailable("unsubscribed"))
            if self._listener is not None:
                self._listener.give_up(entry)

    def made(self, listener: Listener) -> None:
        """The connection stands; called by its listener."""
        self._listener = listener
        self._upkeep.up()
        for entry in self._channels.wanted.values():
            listener.ask(entry)

    def lost(self, why: str) -> None:
        """The connection has ended; called by its listener."""
        self._listener = None
        self._upkeep.down(why)
        self._channels.cut()

    async def _confirmation(self, entry: Entry) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry.waiters.append(waiter)
        try:
            async with asyncio.timeout(self._patience):
                await waiter
        except TimeoutError:
            raise StoreUnavailable(self.trouble or f"not confirmed within {self._patience:g} s") from None
        finally:
            entry.waiters.remove(waiter)
            told = waiter.done() and not waiter.cancelled() and waiter.exception() is None
            if not (told or entry.held or entry.waiters) and self._channels.wants(entry):
                self.unsubscribe(entry.channel)


def _encoded(channel: bytes | str) -> bytes:
    return channel.encode() if isinstance(channel, str) else channel

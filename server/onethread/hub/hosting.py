"""The threads that this hub hosts: subscribed while somebody listens, repaired when something was not heard.

Joining is subscribe, then read, then merge by `seq`, never the other way round. Whatever pub/sub loses (a
dropped link, a killed buffer, a failover, silence on a healthy link) is found by comparing positions with the
logs: at once after a gap or a reconnect, and every COMPARE_EVERY seconds in any case (P7).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from onethread.contacts.profile import Contact
from onethread.hub.counters import Counters
from onethread.hub.entry import unpack
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import START, Difference, Hosted, Position, StoreFailure, ThreadStore
from onethread.hub.replay import CHUNK
from onethread.hub.signals import end_admissions, take
from onethread.hub.thread import Thread
from onethread.identity.organization import Organization

COMPARE_EVERY: Final = 4.0
"""Seconds between two comparisons: with their own time, what was lost is repaired within the 5 s of P7."""
END: Final = 2**31
"""More than a log can hold."""
EVENT: Final = ord("e")
"""Leads a signal that has an event (signals.py)."""


class Channels(Protocol):
    """Pub/sub, as the hub needs it. Implemented by `onethread.store.subscriber`."""

    async def subscribe(self, channel: bytes | str) -> None:
        """Return when messages of the channel are heard. StoreFailure: they are not."""

    def unsubscribe(self, channel: bytes | str) -> None:
        """Hear nothing more of the channel."""


class Hosting:
    """Threads by channel. `stored` is told of one that was not stored when it was joined; `lost` is told of a
    thread whose log is gone, `reset` of one whose log is another."""

    def __init__(
        self,
        store: ThreadStore,
        channels: Channels,
        counters: Counters,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        stored: Callable[[Thread], None],
        lost: Callable[[Thread], None],
        reset: Callable[[Thread, Difference], None],
    ) -> None:
        self._store = store
        self._channels = channels
        self._counters = counters
        self._spawn = spawn
        self._stored = stored
        self._lost = lost
        self._reset = reset
        self._threads: dict[bytes, Thread] = {}
        self._arriving: dict[bytes, asyncio.Future[None]] = {}
        self._repairing: set[str] = set()

    def __iter__(self) -> Iterator[Thread]:
        return iter(tuple(self._threads.values()))

    def __len__(self) -> int:
        return len(self._threads)

    @asynccontextmanager
    async def host(
        self, keys: ThreadKeys, organization: Organization, contact: Contact, epoch: str
    ) -> AsyncIterator[Thread]:
        """Give the thread, subscribed; it is kept at least as long as the block lasts. StoreFailure: it can't
        be."""
        channel = keys.channel
        thread = self._threads.get(channel)
        if thread is None:
            thread = Thread(keys, organization, contact, epoch, self._counters, self._gap, self._stored)
            self._threads[channel] = thread
            self._arriving[channel] = asyncio.ensure_future(self._channels.subscribe(channel))
        thread.organization = organization
        thread.joining += 1
        try:
            await self._arrived(channel)
            yield thread
        finally:
            thread.joining -= 1

    async def _arrived(self, channel: bytes) -> None:
        arriving = self._arriving.get(channel)
        if arriving is None:
            return
        try:
            await asyncio.shield(arriving)
        except StoreFailure:
            self._threads.pop(channel, None)
            raise
        finally:
            self._arriving.pop(channel, None)

    def hear(self, channel: bytes, payload: bytes) -> bool:
        """Take a message of pub/sub; false if it is of no thread here."""
        thread = self._threads.get(channel)
        if thread is None:
            return False
        if payload[0] == EVENT:
            thread.heard(int.from_bytes(payload[1:5]), payload[5:])
        else:
            take(thread, payload, self._gap)
        return True

    def gap(self, channels: Collection[bytes]) -> None:
        """Repair these threads: something of theirs may not have been heard."""
        for channel in channels:
            thread = self._threads.get(channel)
            if thread is not None:
                self._gap(thread)

    async def compare(self) -> None:
        """Compare every hosted thread with its log, and let go of those that nobody listens to."""
        by_slot: dict[str, list[Thread]] = {}
        for thread in self:
            if not thread.admissions and not thread.joining and thread.id not in self._repairing:
                self._let_go(thread)
            elif thread.position is not None:
                by_slot.setdefault(thread.keys.prefix, []).append(thread)
        for threads in by_slot.values():
            told = [thread.told() for thread in threads]
            differences = await self._store.compare(told)
            for thread, then, difference in zip(threads, told, differences, strict=True):
                if difference is not None:
                    await self._amend(thread, then, difference)

    async def repair(self, thread: Thread) -> None:
        """Compare one thread with its log now, and read what is missing."""
        if thread.id in self._repairing or thread.position is None:
            return
        self._repairing.add(thread.id)
        try:
            told = thread.told()
            [difference] = await self._store.compare([told])
            if difference is not None:
                await self._amend(thread, told, difference)
        finally:
            self._repairing.discard(thread.id)

    async def catch_up(self, thread: Thread, to: int) -> None:
        """Read the log from the thread's position up to `to`, and whatever was heard of meanwhile."""
        self._counters.backfills += 1
        thread.heard_up_to = max(thread.heard_up_to, to)
        generation = thread.generation
        while thread.seq < thread.heard_up_to and thread.generation == generation:
            first = thread.seq + 1
            elements = await self._store.range(thread.keys, first, END, CHUNK)
            if not elements:
                thread.heard_up_to = thread.seq
                return
            for seq, element in enumerate(elements, first):
                if seq == thread.seq + 1 and thread.generation == generation:
                    thread.heard(seq, element)

    async def _amend(self, thread: Thread, then: Hosted, difference: Difference) -> None:
        """Bring a thread up to date with its log, as it differed from what was held `then`."""
        if not difference.epoch:
            # First, for a thread that was carried away is gone too: its people are told that it moved.
            if difference.adm > thread.adm:
                end_admissions(thread, difference.adm, difference.ends)
            if thread.stored:
                self._lost(thread)
            return
        another = (
            difference.epoch != thread.epoch or not difference.same_id or difference.head < then.position.seq
        )
        if thread.stored and another and thread.generation == then.generation:
            await self._start_over(thread, difference)
        # Not the number now: it may have risen since.
        if difference.adm < then.adm:
            _lower(thread, difference.adm)
        elif difference.adm > thread.adm:
            end_admissions(thread, difference.adm, difference.ends)
        thread.exists()
        if difference.head > thread.seq:
            await self.catch_up(thread, difference.head)

    async def _start_over(self, thread: Thread, difference: Difference) -> None:
        """Take another log than was told, or one that goes back behind it: everybody begins anew at its
        head."""
        head = START
        if difference.head:
            elements = await self._store.range(thread.keys, difference.head, difference.head, CHUNK)
            if not elements:
                return  # changed once more; the next comparison sees how
            head = Position(difference.head, unpack(elements[0])[0])
        thread.epoch = difference.epoch
        thread.generation += 1
        thread.begin(head)
        self._reset(thread, difference)

    def _gap(self, thread: Thread) -> None:
        if thread.id not in self._repairing:
            self._spawn(self.repair(thread))

    def _let_go(self, thread: Thread) -> None:
        self._threads.pop(thread.keys.channel, None)
        self._channels.unsubscribe(thread.keys.channel)


def _lower(thread: Thread, number: int) -> None:
    """Begin to count again from a lower number: the store came back from an older file.

    Left as they were, the connections' own numbers would put them beyond the next endings.
    """
    thread.adm = number
    for admission in thread.admissions:
        admission.number = min(admission.number, number)

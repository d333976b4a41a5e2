"""Replays and history pages: reading a log for one person, in frames of at most 32 KiB (WIRE.md sections 1
and 6).

A replay is paced: the next part is written when the last has left the buffer, so that its length never counts
as slowness; what is appended meanwhile is read from the log and the connection goes live with the last part.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, cast

import msgspec
from msgspec import UNSET

from onethread.hub.admission import Admission
from onethread.hub.entry import Audience, unpack, visible
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import START, Position, StoreFailure, ThreadStore
from onethread.hub.tail import Tail
from onethread.hub.thread import Thread
from onethread_protocol import server
from onethread_protocol.bounds import PAGE_BYTES
from onethread_protocol.codec import Codec
from onethread_protocol.customer import Resume
from onethread_protocol.events import Event

PAGE: Final = PAGE_BYTES - 1024
"""Bytes for a page's events: the frame around them has ids, an epoch and numbers, well under 1 KiB."""
CHUNK: Final = 64 * 1024
"""Bytes read from the log at a time: two pages' worth, so that a long thread never fills a hub's memory."""

PAUSE: Final = 0.1
"""Seconds before a log is looked at again that could not be read, or is shorter than it was."""


class Page:
    """Encoded events as far as they fit into one frame."""

    __slots__ = ("codec", "events", "size")

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.events: list[msgspec.Raw] = []
        self.size = 0

    def add(self, event: Event) -> bool:
        """Add an event; false if it does not fit any more. The first one always does."""
        raw = self.codec.encode(event)
        if self.events and self.size + len(raw) + 1 > PAGE:
            return False
        self.events.append(msgspec.Raw(raw))
        self.size += len(raw) + 1
        return True


class Reader:
    """Reads a thread's log, from memory where it can."""

    def __init__(self, store: ThreadStore, keys: ThreadKeys, tail: Tail) -> None:
        self._store = store
        self._keys = keys
        self._tail = tail

    async def chunk(self, first: int, last: int) -> list[bytes]:
        """Return elements from `first` towards `last` (downwards if it is lower): one at least, CHUNK bytes
        or so."""
        low, high = min(first, last), max(first, last)
        held = self._tail.between(low, high)
        if held is not None:
            return held if first <= last else held[::-1]
        return await self._store.range(self._keys, first, last, CHUNK)

    async def downwards(self, first: int) -> AsyncIterator[tuple[int, bytes]]:
        """Yield seq and element from `first` down to the beginning."""
        seq = first
        while seq > 0:
            # A tail in memory serves only what it holds whole: ask it for no more than that.
            last = self._tail.first if 0 < self._tail.first <= seq else 1
            chunk = await self.chunk(seq, last)
            if not chunk:
                return
            for element in chunk:
                yield seq, element
                seq -= 1

    async def element_at(self, seq: int) -> bytes | None:
        """Return the element with this seq, None if there is none."""
        found = await self.chunk(seq, seq)
        return found[0] if found else None

    async def newest(self, before: int, wanted: int, audience: Audience) -> tuple[int, bool]:
        """Return the seq at which the newest `wanted` visible events below `before` begin, and whether there
        are older."""
        first = before
        async for seq, element in self.downwards(before - 1):
            if visible(seq, *unpack(element), audience) is None:
                continue
            if wanted == 0:
                return first, True
            wanted -= 1
            first = seq
        return first, False


class Replay:
    """One replay to one admission: from where it resumes, or the tail, up to being live."""

    def __init__(
        self, store: ThreadStore, admission: Admission, *, read: server.ReadPositions, unread: int
    ) -> None:
        self._admission = admission
        self._thread = admission.thread
        self._reader = Reader(store, admission.thread.keys, admission.thread.tail)
        self._read = read
        self._unread = unread
        self._at = START
        self._reset = True
        self._more = False
        self._begun = False
        self._page = Page(admission.peer.wire.codec)

    async def run(self, resume: Resume | None, tail: int) -> None:
        """Write the replay; the admission is live when this returns, or over. ConnectionError: the peer is
        gone.

        If the store goes away meanwhile, it goes on when it is back (P8). If the log turns out to be another
        one, it starts over with `reset: true`.
        """
        generation = -1
        while self._standing():
            try:
                if generation != self._thread.generation:
                    generation = self._thread.generation
                    await self._start(resume, tail)
                if await self._follow(generation):
                    return
            except StoreFailure:
                await asyncio.sleep(PAUSE)
                generation = generation if self._begun else -1
                continue
            resume, self._reset = None, True

    async def _start(self, resume: Resume | None, tail: int) -> None:
        """Find the place that the replay begins at."""
        self._begun = False
        self._page = Page(self._page.codec)
        if resume is not None and await self._holds(resume):
            self._at = Position(resume.seq, resume.id or "") if resume.seq else START
            self._reset, self._begun = False, True
            return
        head = self._thread.seq
        first, self._more = await self._reader.newest(head + 1, tail, self._admission.audience)
        # The id of the place before the first event is told only when no event follows.
        self._at = self._thread.position or START
        if first <= head:
            self._at = Position(first - 1, "")
        self._begun = True

    async def _holds(self, resume: Resume) -> bool:
        if resume.epoch != self._thread.epoch or resume.seq > self._thread.seq:
            return False
        if resume.seq == 0:
            return True
        element = await self._reader.element_at(resume.seq)
        return element is not None and unpack(element)[0] == resume.id

    async def _follow(self, generation: int) -> bool:
        """Write what follows up to the head and go live; false if the log is another one than at the
        start."""
        while self._at.seq < self._thread.seq:
            chunk = await self._reader.chunk(self._at.seq + 1, self._thread.seq)
            if not self._standing():
                return True
            if not chunk:
                return await self._doubt(generation)
            for element in chunk:
                seq = self._at.seq + 1
                event_id, entry = unpack(element)
                event = visible(seq, event_id, entry, self._admission.audience)
                if event is not None and not self._page.add(event):
                    self._write(done=False)
                    await self._admission.peer.drained()
                    if not self._standing():
                        return True
                    self._page.add(event)
                self._at = Position(seq, event_id)
            if self._thread.generation != generation:
                return False
        if not self._standing():
            return True
        # From the check above to here nothing was awaited: no event can come between the replay and being
        # live.
        self._write(done=True)
        self._admission.live = True
        return True

    def _standing(self) -> bool:
        """Tell whether the admission still holds: an agent may leave a thread, or open it again."""
        return self._admission in self._thread.admissions

    async def _doubt(self, generation: int) -> bool:
        """Wait until the log that ends before its head has turned out to be another one."""
        while self._thread.generation == generation and self._thread.admissions:
            self._thread.doubt()
            await asyncio.sleep(PAUSE)
        return False

    def _write(self, *, done: bool) -> None:
        first = self._reset
        frame = server.Replay(
            thread=self._thread.id,
            epoch=self._thread.epoch,
            events=cast("list[Event]", self._page.events),
            at=server.LogPosition(seq=self._at.seq, id=self._at.id or UNSET),
            done=done,
            reset=first,
            more=self._more if first else UNSET,
            read=self._read if first else UNSET,
            unread=self._unread if first else UNSET,
        )
        self._reset = False
        self._page = Page(self._page.codec)
        self._admission.peer.write(self._admission.peer.wire.pack(frame))


async def up_to_date(store: ThreadStore, thread: Thread) -> tuple[Reader, int]:
    """Return a reader of the thread's log and the log's head, with all that was stored before the call, heard
    of or not (WIRE.md 6.10): what a connection sent just before may be beyond the hub's position, and have
    changed what the tail in memory holds.
    """
    [difference] = await store.compare([thread.told()])
    if difference is None:
        return Reader(store, thread.keys, thread.tail), thread.seq
    return Reader(store, thread.keys, Tail()), difference.head


async def history(
    reader: Reader, codec: Codec, audience: Audience, newest: int, limit: int
) -> tuple[list[msgspec.Raw], bool]:
    """Return the newest visible events up to the seq `newest`, ascending, in one page; and whether there are
    older ones."""
    page = Page(codec)
    async for seq, element in reader.downwards(newest):
        event = visible(seq, *unpack(element), audience)
        if event is None:
            continue
        if len(page.events) == limit or not page.add(event):
            return page.events[::-1], True
    return page.events[::-1], False

"""Replays and history pages, over a real log: what is between, and what happens meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from onethread.hub.entry import Audience
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Joined, Position, StoreFailure
from onethread.hub.replay import Reader, Replay, history
from onethread.hub.thread import Thread
from onethread.store.carries import Carries
from onethread_protocol import server
from onethread_protocol.bounds import PAGE_BYTES
from onethread_protocol.customer import Resume
from tests.hub.listening import WIRE, Listener, a_thread
from tests.store.thread_log import ThreadLog, new_log

OLD = [f"old {i} " + "x" * 1_000 for i in range(60)]
NEW = [f"new {i} " + "x" * 1_000 for i in range(60)]


class Interfered(Carries):
    """The real store; `meanwhile` is done before the read of the log whose number this is."""

    reads = 0
    at = 0
    meanwhile: Callable[[], Awaitable[None]]

    async def range(self, keys: ThreadKeys, first: int, last: int, size: int) -> list[bytes]:
        """Read as ever."""
        self.reads += 1
        if self.reads == self.at:
            await self.meanwhile()
        return await super().range(keys, first, last, size)


@pytest.fixture(name="log")
async def log_fixture(store_url: str) -> AsyncIterator[ThreadLog]:
    """A thread with 60 messages, then 300 notes, then 60 messages."""
    async with new_log(store_url) as log:
        await log.fill(*OLD)
        await log.fill(*(f"note {i}" for i in range(300)), kind="note")
        await log.fill(*NEW)
        yield log


async def joined(log: ThreadLog, held: int = 0) -> Joined:
    """What a join reads, with so many of the newest events."""
    found = await log.store.join(log.keys, log.arrival("laptop", tail=held))
    assert found
    return found


async def hosted(log: ThreadLog, held: int) -> Thread:
    """The thread as a hub hosts it, with so many of the newest events in memory."""
    thread = a_thread(keys=log.keys)
    thread.settle(await joined(log, held))
    return thread


async def replay(store: Carries, listener: Listener, resume: Resume | None, tail: int) -> list[str]:
    """Replay, up to being live; the texts of all events since the last reset."""
    read = server.ReadPositions(contact=0, agents=0)
    await Replay(store, listener.admission, read=read, unread=0).run(resume, tail)
    assert listener.admission.live
    assert [part["done"] for part in listener.replays] == [False] * (len(listener.replays) - 1) + [True]
    since: list[str] = []
    for part in listener.replays:
        since = [] if part["reset"] else since
        since += [event["text"] for event in part["events"]]
    return since


async def resume_after(log: ThreadLog, seq: int) -> Resume:
    """The resume point of who has seen everything up to `seq`."""
    return Resume(epoch=log.epoch, seq=seq, id=await log.id_of(seq))


@pytest.mark.parametrize("held", [0, 30, 200])
@pytest.mark.parametrize("tail", [0, 1, 59, 60, 61, 100, 119, 120, 121])
async def test_a_tail_counts_what_is_visible(log: ThreadLog, held: int, tail: int) -> None:
    """With 300 hidden events in between, a customer gets as many as asked for, in parts of 32 KiB."""
    listener = Listener(await hosted(log, held))
    everything = [*OLD, *NEW]
    assert await replay(log.store, listener, None, tail) == everything[len(everything) - min(tail, 120) :]
    first, last = listener.replays[0], listener.replays[-1]
    assert [part["reset"] for part in listener.replays[1:]] == [False] * len(listener.replays[1:])
    assert (first["reset"], first["more"]) == (True, tail < 120)
    assert last["at"] == {"seq": 420, "id": await log.id_of(420)}
    assert max(listener.sizes) <= PAGE_BYTES
    assert listener.drains == len(listener.replays) - 1


@pytest.mark.parametrize(("audience", "follow"), [("customer", 70), ("agent", 370)])
async def test_a_resume_goes_through_what_is_hidden(log: ThreadLog, audience: Audience, follow: int) -> None:
    """Exactly what follows comes, notes to agents only, and no part is empty."""
    thread = await hosted(log, 30)
    listener = Listener(thread, audience)
    seen = await replay(log.store, listener, await resume_after(log, 50), 50)
    assert (len(seen), seen[:10], seen[-60:]) == (follow, OLD[50:], NEW)
    assert not any(part["reset"] for part in listener.replays)
    assert all(part["events"] for part in listener.replays)


@pytest.mark.parametrize("held", [0, 200])
async def test_history_pages_pass_hidden_events_by(log: ThreadLog, held: int) -> None:
    """Page by page everything visible comes once; none is empty, and only the last says that it is."""
    thread = await hosted(log, held)
    reader = Reader(log.store, thread.keys, thread.tail)
    found: list[str] = []
    before, more = 421, True
    for _ in range(40):
        raw, more = await history(reader, WIRE.codec, "customer", min(before - 1, thread.seq), 7)
        page = [msgspec.msgpack.decode(event) for event in raw]
        assert 0 < len(page) <= 7
        found[:0] = [event["text"] for event in page]
        before = page[0]["seq"]
        if not more:
            break
    assert found == [*OLD, *NEW]


@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_p8_a_replay_goes_on_after_a_store_failure(log: ThreadLog, at: int) -> None:
    """Wherever the store goes away for a moment, each event comes once, and there is one reset."""

    async def meanwhile() -> None:
        raise StoreFailure("away for a moment")

    store = Interfered(log.link)
    store.at, store.meanwhile = at, meanwhile
    listener = Listener(await hosted(log, 0))
    assert await replay(store, listener, None, 200) == [*OLD, *NEW]
    assert [part["reset"] for part in listener.replays] == [True] + [False] * (len(listener.replays) - 1)
    assert store.reads > at


@pytest.mark.parametrize("resumes", [True, False])
async def test_p4_a_log_that_becomes_another_one_starts_over(log: ThreadLog, resumes: bool) -> None:
    """In the middle of a replay the log is replaced: a part with `reset` comes, then only the new log."""
    thread = await hosted(log, 0)
    other = [f"other {i} " + "x" * 1_000 for i in range(50)]

    async def meanwhile() -> None:
        await log.link.command("DEL", log.keys.log)
        await log.fill(*other)
        thread.epoch, thread.generation = "another", thread.generation + 1
        thread.begin(await log.head())

    store = Interfered(log.link)
    store.at, store.meanwhile = 3, meanwhile
    listener = Listener(thread)
    resume = await resume_after(log, 1) if resumes else None
    assert await replay(store, listener, resume, 200) == other
    resets = [part["epoch"] for part in listener.replays if part["reset"]]
    assert resets[-1] == "another"
    assert listener.replays[-1]["at"] == {"seq": 50, "id": await log.id_of(50)}


async def test_p4_a_log_shorter_than_told_is_doubted(log: ThreadLog) -> None:
    """A replay that finds less than was told waits for the comparison, and starts over at the real head."""
    doubts: list[Position] = []
    head = await log.head()

    def compare(thread: Thread) -> None:
        doubts.append(head)
        thread.generation += 1
        thread.begin(head)

    thread = a_thread(compare, log.keys)
    thread.settle(msgspec.structs.replace(await joined(log), head=Position(425, "-" * 16)))
    listener = Listener(thread)
    assert await replay(log.store, listener, await resume_after(log, 400), 50) == NEW[10:]
    assert doubts == [head]
    assert listener.replays[-1]["at"] == {"seq": 420, "id": head.id}

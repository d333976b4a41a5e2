"""Changes on their way to watchers, and waits on their way to an end."""

from __future__ import annotations

import asyncio
import gc

import pytest

from onethread_client import feed as module
from onethread_client.changes import Change, Refreshed, UnreadChanged
from onethread_client.errors import ClientClosed
from onethread_client.feed import Feed
from onethread_client.frames import Ack
from onethread_client.waiting import Desk, Sending
from tests.client.builders import ack


async def test_every_watcher_gets_every_change_from_when_it_began() -> None:
    """In order, each its own copy, until the feed ends."""
    feed = Feed()
    early = feed.watch()
    feed.tell(UnreadChanged(1))
    late = feed.watch()
    feed.tell(UnreadChanged(2))
    feed.end()
    assert [change async for change in early] == [UnreadChanged(1), UnreadChanged(2)]
    assert [change async for change in late] == [UnreadChanged(2)]
    assert [change async for change in feed.watch()] == []


async def test_who_falls_behind_is_told_to_look_at_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watcher that does not read costs a bounded queue, and never misses that there was something."""
    monkeypatch.setattr(module, "MOST", 3)
    feed = Feed()
    watcher = feed.watch()
    for number in range(5):
        feed.tell(UnreadChanged(number))
    feed.end()
    assert [change async for change in watcher] == [Refreshed(), UnreadChanged(4)]


async def test_a_watcher_that_waits_is_woken() -> None:
    """By a change, and by the end."""
    feed = Feed()

    async def watch() -> list[Change]:
        return [change async for change in feed.watch()]

    task = asyncio.create_task(watch())
    await asyncio.sleep(0)
    feed.tell(UnreadChanged(1))
    await asyncio.sleep(0)
    feed.end()
    assert await task == [UnreadChanged(1)]


async def test_a_watcher_that_nobody_holds_is_forgotten() -> None:
    """Leaving the loop is enough; nothing has to be closed."""
    feed = Feed()
    feed.watch()
    gc.collect()
    feed.tell(UnreadChanged(1))
    assert len(feed._watchers) == 0


async def test_a_wait_ends_with_its_answer_whoever_else_stopped_waiting() -> None:
    """Giving up waiting for an ack does not take it from others."""
    desk: Desk[Ack] = Desk()
    sending = Sending("cid", desk.wait("cid"))

    async def wait() -> Ack:
        return await sending

    impatient = asyncio.create_task(wait())
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    answer = Ack.of(ack("cid", 1))
    desk.answer("cid", answer)
    desk.answer("cid", answer)
    assert await sending == answer


async def test_while_nothing_can_be_answered_waits_end_at_once() -> None:
    """Present ones and new ones, until answers may come again."""
    desk: Desk[Ack] = Desk()
    before = desk.wait("before")
    desk.close(ClientClosed("over"))
    for future in (before, desk.wait("meanwhile")):
        with pytest.raises(ClientClosed):
            await future
    desk.open()
    assert not desk.wait("after").done()

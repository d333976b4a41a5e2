"""Hubs that tell a real server what the store holds for it."""

import asyncio
import threading
from contextlib import AsyncExitStack

import msgspec
import pytest

from onethread.hub.clock import now_ms
from onethread.identity.ids import new_thread
from onethread.store.link import Link
from onethread.webhooks import telling
from onethread.webhooks.outbox import Outcome
from onethread.webhooks.record import Webhooks, add, new_webhook
from tests.webhooks.receiver import OK, Answer, Received, Receiver, texts
from tests.webhooks.shop import Shop

REFUSED: Answer = (500, {}, b"")


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hubs look often whether a lane is free or the store is back."""
    monkeypatch.setattr(telling, "ELSEWHERE", 0.05)


async def told(receiver: Receiver, count: int) -> list[Received]:
    """What was received, once so many things were told."""
    return await asyncio.to_thread(receiver.wait, lambda received: len(texts(received)) >= count)


async def tried(receiver: Receiver, count: int) -> list[Received]:
    """What was received, once there are so many requests."""
    return await asyncio.to_thread(receiver.wait, lambda received: len(received) >= count)


async def settled(shop: Shop, webhook: str) -> None:
    """Wait until nothing is left to be told."""
    lane = shop.lane((await shop.records.get(shop.organization.org)).find(webhook))
    async with asyncio.timeout(20):
        while (await shop.outbox.standing(lane)).waiting:  # noqa: ASYNC110 - the store does not call
            await asyncio.sleep(0.01)


async def test_threads_are_told_in_order(shop: Shop) -> None:
    """Each in its own, with many at once."""
    logs = [shop.log, *[await shop.beside(new_thread(0)) for _ in range(19)]]
    with Receiver() as receiver:
        webhook = await shop.hook("message.created", url=receiver.url())
        for log in logs:
            await log.fill(*(f"{log.keys.thread} {number}" for number in range(5)))
        async with shop.dispatched():
            received = await told(receiver, 100)
            await settled(shop, webhook.id)
    assert len(received) == 100
    for log in logs:
        own = [text for text in texts(received) if text.startswith(log.keys.thread)]
        assert own == [f"{log.keys.thread} {number}" for number in range(5)]


async def test_what_fails_holds_up_its_own_thread_only(shop: Shop) -> None:
    """What follows there waits; it is told again until it is taken, in order, with the same id."""
    other = await shop.beside(new_thread(0))
    refusals = 2

    def answer(one: Received) -> Answer:
        nonlocal refusals
        if one.text == "2" and refusals:
            refusals -= 1
            return REFUSED
        return OK

    with Receiver(answer) as receiver:
        webhook = await shop.hook("message.created", url=receiver.url())
        await shop.log.fill("1", "2", "3")
        async with shop.dispatched():
            await tried(receiver, 2)
            await other.fill("x", "y")
            for count in (5, 6):
                assert [one.text for one in await tried(receiver, count - 1)][-1] != "3"
                await shop.hasten(webhook)
            received = await tried(receiver, 7)
            await settled(shop, webhook.id)
    assert [one.text for one in received if one.text in "123"] == ["1", "2", "2", "2", "3"]
    assert [one.text for one in received if one.text in "xy"] == ["x", "y"]
    assert len({one.headers["webhook-id"] for one in received if one.text == "2"}) == 1


async def test_what_is_never_taken_is_given_up(shop: Shop) -> None:
    """It is a dead letter then, and what follows is told; put back, it is tried anew."""
    taken = False
    with Receiver(lambda one: OK if taken or one.text != "1" else REFUSED) as receiver:
        webhook = await shop.hook("message.created", url=receiver.url())
        await shop.log.fill("1", "2")
        # As if it had happened two days ago, and failed before.
        queue = f"{shop.log.keys.prefix}webhook:{webhook.id}:queue:{shop.log.keys.thread}"
        record = (await shop.log.link.command("LINDEX", queue, 0)).decode().partition(" ")[2]
        await shop.log.link.command("LSET", queue, 0, f"{now_ms() - 2 * 86_400_000} {record}")
        for _ in range(4):
            await shop.fail(webhook, Outcome("later", 0, "HTTP 500"))
        async with shop.dispatched():
            await told(receiver, 2)
            [letter] = await shop.letters(webhook)
            assert (letter.tries, letter.why, letter.thread) == (5, "HTTP 500", shop.log.keys.thread)
            taken = True
            assert await shop.outbox.revive(shop.lane(webhook), letter.thread, letter.id)
            received = await tried(receiver, 3)
            await settled(shop, webhook.id)
    assert [one.text for one in received] == ["1", "2", "1"]
    counted = shop.counters.webhooks_told, shop.counters.webhooks_failed, shop.counters.webhooks_dead
    assert counted == (2, 1, 1)
    assert received[2].headers["webhook-id"] == letter.id


async def test_a_receiver_that_stands_still_holds_up_no_other(shop: Shop) -> None:
    """Nor one that is not there."""
    done = threading.Event()

    def answer(one: Received) -> Answer:
        done.wait()
        return OK

    with Receiver(answer) as still, Receiver() as receiver:
        with Receiver() as gone:
            pass
        for url in (still.url(), gone.url(), receiver.url()):
            await shop.hook("message.created", url=url)
        await shop.log.fill(*"123")
        async with shop.dispatched():
            assert texts(await told(receiver, 3)) == ["1", "2", "3"]
            done.set()


async def test_two_hubs_tell_once_and_take_over(shop: Shop) -> None:
    """One tells at a time; when it stops, the other goes on, at once."""
    with Receiver() as receiver:
        webhook = await shop.hook("message.created", url=receiver.url())
        async with AsyncExitStack() as second:
            async with shop.dispatched():
                await second.enter_async_context(shop.dispatched())
                await shop.log.fill(*"12345")
                await told(receiver, 5)
                await settled(shop, webhook.id)
            await shop.log.fill(*"678")
            received = await told(receiver, 8)
            await settled(shop, webhook.id)
    assert [one.text for one in received] == [*"12345678"]


async def test_what_a_stopping_hub_could_not_finish_is_told_by_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, for it was given back."""
    monkeypatch.setattr(telling, "FINISH", 0.05)
    first, done = threading.Event(), threading.Event()

    def answer(one: Received) -> Answer:
        if not first.is_set():
            first.set()
            done.wait()
        return OK

    with Receiver(answer) as receiver:
        webhook = await shop.hook("message.created", url=receiver.url())
        await shop.log.fill("1", "2")
        async with shop.dispatched():
            await asyncio.to_thread(first.wait)
        async with shop.dispatched():
            await told(receiver, 2)
            await settled(shop, webhook.id)
            done.set()
            received = await tried(receiver, 3)
    assert sorted(one.text for one in received) == ["1", "1", "2"]


async def test_a_hub_finishes_what_another_began(shop: Shop) -> None:
    """A webhook that no shard was told of, and one that was removed while something waited for it."""
    removed = await shop.hook("message.created")
    await shop.log.say("waits")
    await shop.remove(removed)
    with Receiver() as receiver:
        webhook = new_webhook(receiver.url(), ("message.created",), now_ms())
        document = await shop.records.get(shop.organization.org)
        await shop.log.link.command(
            "SET", f"{{{shop.organization.org}}}:webhooks", msgspec.json.encode(add(document, webhook))
        )
        async with shop.dispatched():
            async with asyncio.timeout(20):
                while (await document_of(shop)).webhooks.keys() != {webhook.id}:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            await shop.log.say("hello")
            assert texts(await told(receiver, 1)) == ["hello"]
            await settled(shop, webhook.id)
    assert await shop.keys() == {"state"}


async def document_of(shop: Shop) -> Webhooks:
    """The organization's webhooks, the removed ones too."""
    return await shop.records.get(shop.organization.org)


async def test_it_goes_on_when_the_store_is_back(shop: Shop, store_url: str) -> None:
    """Nothing that happens meanwhile in the hub ends it, and nothing is lost."""
    with Receiver() as receiver:
        webhook = await shop.hook("message.created", url=receiver.url())
        async with shop.dispatched():
            await shop.log.say("1")
            await told(receiver, 1)
            await settled(shop, webhook.id)
            own = await shop.log.link.command("CLIENT", "ID")
            async with Link(store_url) as other:
                await other.ready()
                assert await other.command("CLIENT", "KILL", "ID", own) == 1
            while shop.log.link.connected:  # noqa: ASYNC110 - it is heard of
                await asyncio.sleep(0)
            await shop.log.link.ready()
            await shop.log.say("2")
            assert texts(await told(receiver, 2)) == ["1", "2"]
            await settled(shop, webhook.id)

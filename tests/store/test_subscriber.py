"""The subscriber on a healthy store."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from onethread.store.errors import CommandError, StoreUnavailable
from onethread.store.subscriber import Subscriber
from tests.store.link_store import eventually, other_client


class Heard:
    """What a subscriber reports."""

    def __init__(self) -> None:
        self.messages: list[tuple[bytes, bytes]] = []
        self.gaps: list[bytes] = []

    def message(self, channel: bytes, payload: bytes) -> None:
        """Notes a message."""
        self.messages.append((channel, payload))

    def payloads(self, channel: bytes) -> list[bytes]:
        """The messages of one channel."""
        return [payload for name, payload in self.messages if name == channel]


@pytest.fixture
def heard() -> Heard:
    """What the test's subscriber reports."""
    return Heard()


@pytest.fixture
async def subscriber(store_url: str, heard: Heard) -> AsyncIterator[Subscriber]:
    """A connected subscriber."""
    async with Subscriber(store_url, on_message=heard.message, on_gap=heard.gaps.extend) as subscriber:
        await subscriber.ready()
        yield subscriber


@pytest.fixture
async def other(store_url: str) -> AsyncIterator[Redis]:
    """Another client, which publishes."""
    async with other_client(store_url) as other:
        yield other


async def publish(other: Redis, channel: str, payload: bytes | str | int) -> int:
    """Publishes it; answers how many heard it."""
    return int(await other.execute_command("SPUBLISH", channel, payload))


async def test_what_is_published_after_subscribe_returns_is_heard(
    subscriber: Subscriber, other: Redis, heard: Heard
) -> None:
    """The very next message, and all after it, in the order sent, whatever bytes they are."""
    payloads = [b"%d" % number for number in range(500)] + [
        b"",
        b"\x00\xff\r\n",
        "ü😀".encode(),
        b"x" * 100_000,
    ]
    for channel in ("{a}:one", "{a}:zwö"):
        await subscriber.subscribe(channel)
        assert await publish(other, channel, b"first") == 1
    for payload in payloads:
        await publish(other, "{a}:one", payload)
    await eventually(lambda: len(heard.messages) == 2 + len(payloads))
    assert heard.payloads(b"{a}:one") == [b"first", *payloads]
    assert heard.payloads("{a}:zwö".encode()) == [b"first"]
    assert heard.gaps == []


async def test_an_unsubscribed_channel_is_not_heard(
    subscriber: Subscriber, other: Redis, heard: Heard
) -> None:
    """The store soon has nobody to send it to, and other channels stay; one never subscribed is no error."""
    await subscriber.subscribe("{a}:one")
    await subscriber.subscribe(b"{a}:two")
    subscriber.unsubscribe("{a}:one")
    subscriber.unsubscribe("{a}:never")
    await eventually_unheard(other, "{a}:one")
    await publish(other, "{a}:two", "last")
    await eventually(lambda: heard.messages == [(b"{a}:two", b"last")])


async def eventually_unheard(other: Redis, channel: str) -> None:
    """Returns once nobody hears the channel."""
    for _ in range(3_000):
        if not await publish(other, channel, "?"):
            return
    raise AssertionError("it is still heard")


async def test_twice_is_as_once(subscriber: Subscriber, other: Redis, heard: Heard) -> None:
    """However many subscribe at a time, a message comes once, and one unsubscribe ends it."""
    await asyncio.gather(*[subscriber.subscribe("{a}:one") for _ in range(20)])
    await subscriber.subscribe("{a}:one")
    assert await publish(other, "{a}:one", "x") == 1
    await eventually(lambda: heard.messages == [(b"{a}:one", b"x")])
    subscriber.unsubscribe("{a}:one")
    await eventually_unheard(other, "{a}:one")


async def test_the_last_word_counts(subscriber: Subscriber, other: Redis, heard: Heard) -> None:
    """Channels given up and wanted again in any order and rhythm end as they were last meant; and whenever
    subscribe has returned, the next message is heard."""
    dice = random.Random(7)
    channels = [f"{{a}}:{number}" for number in range(5)]
    wanted: dict[str, bool] = {}

    async def toggle(channel: str) -> None:
        for number in range(60):
            if dice.random() < 0.5:
                subscriber.unsubscribe(channel)
                wanted[channel] = False
            else:
                await subscriber.subscribe(channel)
                wanted[channel] = True
                assert await publish(other, channel, f"heard {number}") == 1
                await eventually(lambda: b"heard %d" % number in heard.payloads(channel.encode()))  # noqa: B023
            if dice.random() < 0.3:
                await asyncio.sleep(0)

    await asyncio.gather(*map(toggle, channels))
    for channel in channels:
        if wanted[channel]:
            assert await publish(other, channel, "end") == 1
        else:
            await eventually_unheard(other, channel)
    assert heard.gaps == []


async def test_whoever_waits_is_told_when_it_is_given_up(subscriber: Subscriber, other: Redis) -> None:
    """A subscribe that an unsubscribe overtakes fails, without a warning; a later one is not touched."""
    waiting = asyncio.create_task(subscriber.subscribe("{a}:one"))
    await asyncio.sleep(0)
    subscriber.unsubscribe("{a}:one")
    again = asyncio.create_task(subscriber.subscribe("{a}:one"))
    with pytest.raises(StoreUnavailable):
        await waiting
    await again
    assert await publish(other, "{a}:one", "x") == 1


async def test_a_cancelled_subscribe_leaves_no_subscription(subscriber: Subscriber, other: Redis) -> None:
    """Unless somebody else has asked for the channel too."""
    for channel, company in (("{a}:alone", False), ("{a}:shared", True)):
        waiting = asyncio.create_task(subscriber.subscribe(channel))
        with_it = asyncio.create_task(subscriber.subscribe(channel)) if company else None
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        if with_it is not None:
            await with_it
            assert await publish(other, channel, "x") == 1
        else:
            await eventually_unheard(other, channel)


async def test_a_refused_channel_is_its_callers_error(subscriber: Subscriber, other: Redis) -> None:
    """It is not wanted then; other channels are, and it can be asked for again."""
    await other.execute_command("ACL", "SETUSER", "default", "resetchannels", "&{a}:*")
    try:
        with pytest.raises(CommandError, match="NOPERM"):
            await subscriber.subscribe("{b}:one")
        await subscriber.subscribe("{a}:one")
        given_up = asyncio.create_task(subscriber.subscribe("{b}:one"))
        await asyncio.sleep(0)
        subscriber.unsubscribe("{b}:one")
        with pytest.raises(CommandError, match="NOPERM"):
            await subscriber.subscribe("{b}:one")
        with pytest.raises(StoreUnavailable):
            await given_up
    finally:
        await other.execute_command("ACL", "SETUSER", "default", "allchannels")
    assert await publish(other, "{a}:one", "x") == 1
    assert await publish(other, "{b}:one", "x") == 0
    await subscriber.subscribe("{b}:one")
    assert await publish(other, "{b}:one", "x") == 1


async def test_a_callback_that_raises_harms_no_other(store_url: str, other: Redis) -> None:
    """What it raises is told to the loop; the messages after it come."""
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    heard: list[bytes] = []

    def broken(channel: bytes, payload: bytes) -> None:
        heard.append(payload)
        raise ZeroDivisionError(payload)

    async with Subscriber(store_url, on_message=broken, on_gap=lambda channels: None) as subscriber:
        await subscriber.subscribe("{a}:one")
        await publish(other, "{a}:one", "x")
        await publish(other, "{a}:one", "y")
        await eventually(lambda: len(told) == 2)
    assert heard == [b"x", b"y"]
    assert [repr(error) for error in told] == ["ZeroDivisionError(b'x')", "ZeroDivisionError(b'y')"]


async def test_leaving_ends_subscriptions_and_waiting(store_url: str, other: Redis, heard: Heard) -> None:
    """Whoever waits is told, and the store has nobody left to send to."""
    async with Subscriber(store_url, on_message=heard.message, on_gap=heard.gaps.extend) as subscriber:
        await subscriber.subscribe("{a}:one")
        waiting = asyncio.create_task(subscriber.subscribe("{a}:two"))
        await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable):
        await waiting
    assert not subscriber.connected
    assert "closed" in subscriber.trouble
    for channel in ("{a}:one", "{a}:two"):
        await eventually_unheard(other, channel)

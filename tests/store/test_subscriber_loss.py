"""The subscriber when messages may have been lost: each time it is noticed, repaired and reported."""

import asyncio
import socket
from pathlib import Path

import pytest

from onethread.store.errors import StoreUnavailable
from onethread.store.subscriber import Subscriber
from tests.store.link_proxy import Proxy
from tests.store.link_store import Valkey, eventually, other_client


class Listening(Subscriber):
    """A subscriber that keeps what it hears: payloads, and the channels of gaps."""

    def __init__(self, url: str, **options: float) -> None:
        self.heard: list[bytes] = []
        self.gaps: list[bytes] = []
        super().__init__(url, on_message=self._hear, on_gap=self.gaps.extend, **options)

    def _hear(self, channel: bytes, payload: bytes) -> None:
        self.heard.append(payload)


async def hears_again(store: Valkey, subscriber: Listening, channels: list[str]) -> None:
    """Checks that exactly these channels were reported, once each, and that each is heard now."""
    await eventually(lambda: len(subscriber.gaps) >= len(channels))
    assert sorted(subscriber.gaps) == sorted(channel.encode() for channel in channels)
    subscriber.gaps.clear()
    async with other_client(store.url) as other:
        for channel in channels:
            assert await other.execute_command("SPUBLISH", channel, f"again {channel}") == 1
    await eventually(lambda: all(f"again {channel}".encode() in subscriber.heard for channel in channels))


async def test_what_was_sent_before_unsubscribe_is_not_heard_after_it(store: Valkey) -> None:
    """A message that waits in the socket at that moment is dropped; one of another channel is not."""
    async with Listening(store.url) as subscriber:
        await subscriber.subscribe("{a}:one")
        await subscriber.subscribe("{a}:two")
        assert store.ask("SPUBLISH {a}:one given-up") == b":1\r\n"
        assert store.ask("SPUBLISH {a}:two wanted") == b":1\r\n"
        subscriber.unsubscribe("{a}:one")
        await eventually(lambda: subscriber.heard)
        assert subscriber.heard == [b"wanted"]


async def test_a_killed_connection(store: Valkey) -> None:
    """CLIENT KILL TYPE pubsub: each channel that is still wanted is subscribed again, and reported once."""
    async with Listening(store.url) as subscriber, other_client(store.url) as other:
        channels = [f"{{a}}:{number}" for number in range(200)]
        await asyncio.gather(*map(subscriber.subscribe, channels))
        subscriber.unsubscribe("{a}:0")
        for _ in range(3):
            await other.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            await hears_again(store, subscriber, channels[1:])


async def test_a_gap_is_not_reported_before_the_channel_is_heard(store: Valkey) -> None:
    """At the moment of the report the store already counts this hub among the channel's hearers."""
    numbers: list[bytes] = []

    def ask(channels: object) -> None:
        numbers.append(store.ask("PUBSUB SHARDNUMSUB {a}:one"))

    async with (
        Subscriber(store.url, on_message=lambda channel, payload: None, on_gap=ask) as subscriber,
        other_client(store.url) as other,
    ):
        await subscriber.subscribe("{a}:one")
        await other.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await eventually(lambda: numbers)
        assert numbers == [b"*2\r\n$7\r\n{a}:one\r\n:1\r\n"]


async def test_a_reader_that_is_too_slow(store: Valkey) -> None:
    """The store cuts whoever lets its output buffer fill; that too is a gap."""
    async with Listening(store.url) as subscriber, other_client(store.url) as other:
        await other.config_set("client-output-buffer-limit", "pubsub 1000000 0 0")
        await other.config_set("min-string-size-avoid-copy-reply", "0")
        await subscriber.subscribe("{a}:one")
        # Within one tick of this loop, so that nothing is read: far more than sockets and bound hold.
        for _ in range(3_000):
            store.ask(f"SPUBLISH {{a}}:one {'x' * 10_000}")
        await hears_again(store, subscriber, ["{a}:one"])
        assert len(subscriber.heard) < 3_000


async def test_a_killed_store(store: Valkey) -> None:
    """When it is back, everything is subscribed again."""
    async with Listening(store.url) as subscriber:
        await subscriber.subscribe("{a}:one")
        store.kill()
        await eventually(lambda: not subscriber.connected)
        store.start()
        await hears_again(store, subscriber, ["{a}:one"])


async def test_a_silent_connection(store: Valkey, proxy: Proxy) -> None:
    """One over which nothing comes any more, not even the answer to a ping, is given up."""
    async with Listening(proxy.url, silence=0.2) as subscriber:
        await subscriber.subscribe("{a}:one")
        made = proxy.greeted
        proxy.silent = True
        await eventually(lambda: proxy.greeted > made)
        assert not subscriber.connected
        assert "silent" in subscriber.trouble
        proxy.silent = False
        proxy.cut()
        await hears_again(store, subscriber, ["{a}:one"])


async def test_a_quiet_connection_is_kept(store: Valkey, proxy: Proxy) -> None:
    """Without messages for many times the allowed silence, subscribed or not, it stays."""
    async with Listening(proxy.url, silence=0.05) as subscriber:
        await subscriber.ready()
        await asyncio.sleep(0.3)
        await subscriber.subscribe("{a}:one")
        await asyncio.sleep(0.3)
        assert proxy.greeted == 1
        assert subscriber.gaps == []


async def test_rubbish_ends_the_connection(store: Valkey, proxy: Proxy) -> None:
    """What is no RESP, or answers nothing that was asked, is not guessed at."""
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with Listening(proxy.url) as subscriber:
        await subscriber.subscribe("{a}:one")
        for rubbish in (
            b"HTTP/1.1 400\r\n",
            b"+OK\r\n",
            b"*3\r\n$10\r\nssubscribe\r\n$1\r\nx\r\n:1\r\n",
            b"*0\r\n",
        ):
            made = proxy.greeted
            proxy.inject(rubbish)
            await eventually(lambda made=made: proxy.greeted > made)
            await hears_again(store, subscriber, ["{a}:one"])
    assert told == []


async def test_a_cut_before_the_confirmation(store: Valkey, proxy: Proxy) -> None:
    """Whoever waits goes on waiting, over the next connection; there is no gap in what it never had."""
    async with Listening(proxy.url) as subscriber:
        await subscriber.ready()
        proxy.silent = True
        waiting = asyncio.create_task(subscriber.subscribe("{a}:one"))
        await asyncio.sleep(0.05)
        proxy.cut()
        proxy.silent = False
        await waiting
        assert proxy.greeted > 1
        assert subscriber.gaps == []
        assert b":1\r\n" in store.ask("SPUBLISH {a}:one x")


async def test_no_way_to_the_store(store: Valkey, proxy: Proxy) -> None:
    """Subscribe fails when its time is over; the channel is not wanted then. Unsubscribe needs no
    connection."""
    async with Listening(proxy.url, patience=0.2) as subscriber:
        await subscriber.subscribe("{a}:kept")
        await subscriber.subscribe("{a}:given up")
        proxy.away = True
        proxy.cut()
        await eventually(lambda: not subscriber.connected)
        for channel in ("{a}:one", "{a}:kept"):  # the second stays wanted: an earlier subscribe has returned
            with pytest.raises(StoreUnavailable):
                await subscriber.subscribe(channel)
        subscriber.unsubscribe("{a}:given up")
        proxy.away = False
        await hears_again(store, subscriber, ["{a}:kept"])
        assert store.ask("SPUBLISH {a}:one x") == b":0\r\n"
        assert store.ask('SPUBLISH "{a}:given up" x') == b":0\r\n"


async def test_a_slot_that_moves(tmp_path: Path) -> None:
    """In a cluster the store ends a subscription, unasked, when its slot leaves the node: it is asked for
    again until the slot is back, and reported; other channels stay."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        bus = str(free.getsockname()[1])
    options = ("--cluster-enabled", "yes", "--cluster-port", bus, "--bind", "127.0.0.1")
    with Valkey(tmp_path, *options) as store:
        store.ask("CLUSTER ADDSLOTSRANGE 0 16383")
        for _ in range(1_000):
            if b"cluster_state:ok" in store.ask("CLUSTER INFO"):
                break
            await asyncio.sleep(0.01)
        slot = int(store.ask("CLUSTER KEYSLOT {a}:moves")[1:])
        assert slot != int(store.ask("CLUSTER KEYSLOT {b}:stays")[1:])
        store.ask("CONFIG SET cluster-require-full-coverage no")
        async with Listening(store.url) as subscriber:
            await subscriber.subscribe("{a}:moves")
            await subscriber.subscribe("{b}:stays")
            store.ask(f"CLUSTER DELSLOTS {slot}")
            assert store.ask("SPUBLISH {b}:stays x") == b":1\r\n"
            await asyncio.sleep(0.3)  # it has been asked for again by now, and refused
            assert subscriber.gaps == []
            store.ask(f"CLUSTER ADDSLOTS {slot}")
            await eventually(lambda: subscriber.gaps)
            assert subscriber.gaps == [b"{a}:moves"]
            assert store.ask("SPUBLISH {a}:moves x") == b":1\r\n"


async def test_it_can_be_left_at_any_moment(store: Valkey, proxy: Proxy) -> None:
    """Cancelled at each step of dialing, greeting and subscribing, it ends, and leaves no connection
    behind."""
    for ticks in range(30):
        async with Listening(proxy.url) as subscriber:
            waiting = asyncio.create_task(subscriber.subscribe("{a}:one"))
            for _ in range(ticks):
                await asyncio.sleep(0)
        await asyncio.wait([waiting])
        assert waiting.exception() is None or isinstance(waiting.exception(), StoreUnavailable)
    await eventually(lambda: not proxy.sides)

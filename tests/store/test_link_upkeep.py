"""How a link is kept: dialed, watched, dialed again, and left."""

import asyncio
from pathlib import Path

import pytest

from onethread.store.errors import StoreUnavailable, UnknownOutcome
from onethread.store.link import Link
from onethread.store.link_upkeep import backoff
from tests.store.link_proxy import Proxy
from tests.store.link_store import APPEND, Valkey, eventually, other_client


async def test_a_silent_link_is_cut(proxy: Proxy) -> None:
    """A connection over which nothing comes any more is given up, idle or not, and another one is made."""
    lost: list[str] = []
    async with Link(proxy.url, silence=0.2, on_lost=lambda error: lost.append(str(error))) as link:
        await link.ready()
        proxy.silent = True
        with pytest.raises(UnknownOutcome, match="silent"):
            await link.command("RPUSH", "log", "a")
        await eventually(lambda: proxy.greeted > 1)  # which gets no answer either
        assert not link.connected
        proxy.silent = False
        proxy.cut()
        await link.ready()
        assert await link.command("LLEN", "log") == 1
        proxy.silent = True
        await eventually(lambda: len(lost) == 2)  # idle this time
        assert "silent" in lost[1]
        proxy.silent = False


async def test_a_quiet_link_is_kept(proxy: Proxy) -> None:
    """A link that nobody uses for many times the allowed silence is asked for a sign of life, and stays."""
    async with Link(proxy.url, silence=0.05) as link:
        await link.ready()
        connection = await link.command("CLIENT", "ID")
        await asyncio.sleep(0.5)
        assert await link.command("CLIENT", "ID") == connection


async def test_rubbish_ends_the_connection(proxy: Proxy) -> None:
    """What is no RESP, or answers nothing, is not guessed at: the connection is cut and made anew."""
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with Link(proxy.url) as link:
        for rubbish in (b"HTTP/1.1 400 Bad Request\r\n", b"+OK\r\n"):
            await link.ready()
            made = proxy.greeted
            proxy.inject(rubbish)
            await eventually(lambda made=made: proxy.greeted > made)
        await link.ready()
        assert await link.command("PING") == b"PONG"
    assert told == []


async def test_it_is_dialed_until_it_is_there(tmp_path: Path) -> None:
    """A link may be older than its store; until then it says what the trouble is."""
    store = Valkey(tmp_path)
    async with Link(store.url) as link:
        with pytest.raises(StoreUnavailable):
            await link.run(APPEND, ["log"], ["a"])
        await eventually(lambda: "No such file" in link.trouble)
        with store:
            await link.ready()
            assert await link.run(APPEND, ["log"], ["a"]) == 1


async def test_it_can_be_left_at_any_moment(store: Valkey, proxy: Proxy) -> None:
    """Cancelled at each step of dialing, greeting and serving, it ends, and leaves no connection behind."""
    for url in (store.url, proxy.url, "redis://127.0.0.1:1"):
        for ticks in range(30):
            async with Link(url, scripts=[APPEND]) as link:
                for _ in range(ticks):
                    await asyncio.sleep(0)
            assert not link.connected
    await eventually(lambda: not proxy.sides)
    async with other_client(store.url) as other:
        for _ in range(1_000):
            clients = await other.client_list()
            if len(clients) == 1:
                break
        assert len(clients) == 1


def test_the_backoff_stays_within_its_bounds() -> None:
    """From 20 ms it doubles to at most 1 s, each shortened by up to half."""
    delays = backoff()
    for most in (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0, 1.0, 1.0):
        assert most / 2 <= next(delays) <= most

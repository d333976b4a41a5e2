"""The link when its connection or its store is lost."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from onethread.store.errors import StoreUnavailable, UnknownOutcome
from onethread.store.link import Link
from onethread.store.link_pending import Pending, Waiting
from tests.store.link_proxy import Proxy
from tests.store.link_store import APPEND, READ, Valkey, eventually, other_client


def noting(outcomes: dict[int, Any], number: int) -> Callable[[Any], None]:
    """A callback that notes the outcome of this call."""
    return lambda reply: outcomes.update({number: reply})


async def log_of(store: Valkey) -> list[bytes]:
    """What was appended, read past the proxy."""
    async with other_client(store.url) as other:
        return list(await other.lrange("log", 0, -1))


async def test_a_cut_leaves_each_outcome_as_known_as_it_is(store: Valkey, proxy: Proxy) -> None:
    """Wherever the stream is cut: what was answered is in the log, what failed as never sent is not, and
    only what was sent and not answered is unknown."""
    for most in range(1, 450, 11):
        async with Link(proxy.url, scripts=[APPEND]) as link:
            await link.ready()
            await link.command("DEL", "log")
            proxy.most = most
            replies: dict[int, Any] = {}
            for number in range(5):
                link.call(APPEND, ["log"], [number], noting(replies, number))
            await asyncio.sleep(0)
            await eventually(lambda link=link: not link.connected)
            link.call(APPEND, ["log"], ["late"], noting(replies, 5))
            await eventually(lambda replies=replies: len(replies) == 6)
        log = await log_of(store)
        for number in range(5):
            if isinstance(replies[number], int):
                assert b"%d" % number in log
            else:
                assert type(replies[number]) is UnknownOutcome
        assert type(replies[5]) is StoreUnavailable
        assert log == [b"%d" % number for number in range(len(log))]


async def test_only_what_was_sent_is_unknown(store: Valkey, proxy: Proxy) -> None:
    """Of calls made in the tick of the loss, none was written: they fail as unavailable, not as unknown."""
    async with Link(proxy.url, scripts=[APPEND]) as link:
        await link.ready()
        assert await link.run(APPEND, ["log"], ["before"]) == 1
        proxy.silent = True
        replies: list[Any] = []
        link.call(APPEND, ["log"], ["sent"], replies.append)
        async with other_client(store.url) as other:
            for _ in range(1_000):
                if await other.llen("log") == 2:
                    break
        proxy.silent = False
        proxy.cut()
        while link.connected:
            link.call(APPEND, ["log"], ["late"], replies.append)
            link.ask(["RPUSH", "log", "late"], replies.append)
            await asyncio.sleep(0)
        await eventually(lambda: len(replies) > 1)
        assert type(replies[0]) is UnknownOutcome
        assert (await log_of(store))[:2] == [b"before", b"sent"]
        for reply in replies[-2:]:
            assert type(reply) is StoreUnavailable


async def test_nothing_is_sent_twice_that_is_not_idempotent(store: Valkey, proxy: Proxy) -> None:
    """Under cuts, every append is in the log once, or not at all if its caller was told so."""
    outcomes: dict[int, Any] = {}
    async with Link(proxy.url) as link:
        await link.ready()
        for number in range(3_000):
            link.call(APPEND, ["log"], [number], noting(outcomes, number))
            if number % 50 == 0:
                await asyncio.sleep(0.001)
            if number % 500 == 499:
                proxy.cut()
                await eventually(lambda: not link.connected)
                await link.ready()
        await eventually(lambda: len(outcomes) == 3_000)
    log = [int(number) for number in await log_of(store)]
    assert log == sorted(set(log))
    for number, outcome in outcomes.items():
        if isinstance(outcome, int):
            assert number in log
        elif type(outcome) is StoreUnavailable:
            assert number not in log
        else:
            assert type(outcome) is UnknownOutcome
    assert any(isinstance(outcome, int) for outcome in outcomes.values())


async def test_what_is_idempotent_is_sent_again(store: Valkey, proxy: Proxy) -> None:
    """Whoever reads does not notice a cut; in the order asked, and before whatever is asked later."""
    async with Link(proxy.url) as link:
        await link.ready()
        await link.run(APPEND, ["log"], ["a"])
        proxy.silent = True
        replies: list[Any] = []
        link.call(READ, ["log"], [], replies.append)
        link.ask(["LLEN", "log"], replies.append, idempotent=True)
        await asyncio.sleep(0.05)
        proxy.cut()
        await eventually(lambda: not link.connected)
        assert replies == []
        assert link.in_flight == 2
        link.ask(["LINDEX", "log", 0], replies.append, idempotent=True)
        proxy.silent = False
        await eventually(lambda: len(replies) == 3)
        assert replies == [[b"a"], 1, b"a"]
        assert link.in_flight == 0


async def test_patience_ends(proxy: Proxy) -> None:
    """While there is no way to the store, writes fail at once, reads when their time is over; what had been
    sent before is then unknown.
    """
    async with Link(proxy.url, scripts=[READ], patience=0.3) as link:
        await link.ready()
        assert await link.run(READ, ["log"], []) == []
        proxy.silent = proxy.away = True
        sent = asyncio.create_task(link.run(READ, ["log"], []))
        await asyncio.sleep(0.05)
        proxy.cut()
        await eventually(lambda: not link.connected)
        waiting = asyncio.create_task(link.run(READ, ["log"], []))
        with pytest.raises(StoreUnavailable):
            await link.run(APPEND, ["log"], ["a"])
        assert not sent.done()
        assert not waiting.done()
        with pytest.raises(UnknownOutcome):
            await sent
        with pytest.raises(StoreUnavailable):
            await waiting
        assert link.in_flight == 0
        proxy.silent = proxy.away = False
        assert await link.run(READ, ["log"], []) == []


async def test_what_brings_the_link_down_each_time_is_given_up(proxy: Proxy) -> None:
    """An idempotent command that ends every connection it is sent over is sent again, and not for ever."""
    proxy.deadly = b"deadly"
    async with Link(proxy.url, patience=0.3) as link:
        await link.ready()
        with pytest.raises(UnknownOutcome):
            await link.command("ECHO", "deadly", idempotent=True)
        assert proxy.greeted > 2
        await link.ready()
        assert await link.command("ECHO", "harmless", idempotent=True) == b"harmless"


async def test_time_is_counted_from_the_first_wait() -> None:
    """A command that waits a second time, after another loss, gets no more time than was left."""
    waiting = Waiting(0.2)
    pending = Pending(b"", lambda reply: None, None, idempotent=True)
    waiting.add(pending)
    until = pending.give_up
    assert waiting.take() == [pending]
    await asyncio.sleep(0.01)
    waiting.add(pending)
    assert pending.give_up == until
    await eventually(lambda: not len(waiting))


async def test_a_cut_while_scripts_are_missing(store: Valkey, proxy: Proxy) -> None:
    """Calls that the store refused for want of their script, and those behind them, are known not to have
    run.
    """
    async with Link(proxy.url, scripts=[APPEND]) as link:
        await link.ready()
        assert await link.run(APPEND, ["log"], ["before"]) == 1
        store.ask("SCRIPT FLUSH")
        outcomes: dict[int, Any] = {}
        link.call(APPEND, ["log"], ["refused"], noting(outcomes, 0))
        link.ask(["BLPOP", "never", 0], noting(outcomes, 1))  # keeps what is refused waiting
        await asyncio.sleep(0.1)
        link.call(APPEND, ["log"], ["held back"], noting(outcomes, 2))
        assert link.in_flight == 3
        proxy.cut()
        await eventually(lambda: len(outcomes) == 3)
        assert [type(outcomes[number]) for number in range(3)] == [
            StoreUnavailable,
            UnknownOutcome,
            StoreUnavailable,
        ]
    assert await log_of(store) == [b"before"]


async def test_a_killed_store_loses_nothing_that_was_answered(store: Valkey) -> None:
    """Killed and started again, slow to load: what was answered is in its log, in order. Calls meanwhile
    fail, and succeed when it has loaded, with nothing done for it.
    """
    replies: list[Any] = []
    async with Link(store.url) as link:
        await link.ready()
        for number in range(4_000):
            link.call(APPEND, ["log"], [number], replies.append)
        await eventually(lambda: len(replies) == 4_000)
        store.kill()
        await eventually(lambda: not link.connected)
        store.start("--key-load-delay", "500")  # 2 s; it looks at its sockets every 1,024 commands
        await eventually(lambda: "LOADING" in link.trouble)
        with pytest.raises(StoreUnavailable):
            await link.run(APPEND, ["log"], ["too early"])
        await link.ready()
        assert await link.run(APPEND, ["log"], [4_000]) == 4_001
        assert await link.run(READ, ["log"], []) == [b"%d" % number for number in range(4_001)]


async def test_closing_answers_everything(proxy: Proxy) -> None:
    """When the block is left every callback has been called, with the unknown outcome of what was sent."""
    replies: list[object] = []
    async with Link(proxy.url, scripts=[APPEND]) as link:
        await link.ready()
        await link.run(APPEND, ["log"], ["first"])
        proxy.silent = True
        link.call(APPEND, ["log"], ["a"], replies.append)
        await asyncio.sleep(0)  # written
        link.call(READ, ["log"], [], replies.append)  # held back: its script isn't loaded
    assert [type(reply) for reply in replies] == [UnknownOutcome, StoreUnavailable]
    with pytest.raises(StoreUnavailable):
        await link.run(READ, ["log"], [])

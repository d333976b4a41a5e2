"""The link to a healthy store."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from onethread.store.errors import CommandError, ScriptError, StoreError, StoreUnavailable, UnknownOutcome
from onethread.store.link import Link
from tests.store.link_store import APPEND, READ, Valkey, eventually, other_client, script


@pytest.fixture
async def link(store_url: str) -> AsyncIterator[Link]:
    """A connected link, on a store whose keys of these tests are gone."""
    async with Link(store_url) as link:
        await link.ready()
        await link.command("DEL", "{link}:log")
        yield link


async def test_calls_are_answered_in_the_order_made(link: Link) -> None:
    """Of thousands of calls in one tick, each gets its own reply, and they took effect in the order made."""
    replies: list[object] = []
    for number in range(5_000):
        link.call(APPEND, ["{link}:log"], [number], replies.append)
    log = await link.run(READ, ["{link}:log"], [])
    assert log == [b"%d" % number for number in range(5_000)]
    assert replies == list(range(1, 5_001))


async def test_scripts_and_commands_keep_one_order(link: Link) -> None:
    """A plain command takes effect between the calls made before and after it."""
    replies: list[object] = []
    link.call(APPEND, ["{link}:log"], ["a"], replies.append)
    link.ask(["RPUSH", "{link}:log", "b"], replies.append)
    link.call(APPEND, ["{link}:log"], ["c"], replies.append)
    assert await link.command("LRANGE", "{link}:log", 0, -1, idempotent=True) == [b"a", b"b", b"c"]
    assert replies == [1, 2, 3]


async def test_every_kind_of_reply_arrives(link: Link) -> None:
    """Integers, bytes, nothing, lists, and an error inside a list, which is given and not raised."""
    await link.command("SET", "{link}:log", b"\x00\xff\r\n")
    mixed = script("return {1, redis.call('GET', KEYS[1]), false, {'a', {}}, redis.pcall('LLEN', KEYS[1])}")
    number, text, nothing, nested, error = await link.run(mixed, ["{link}:log"], [])
    assert (number, text, nothing, nested) == (1, b"\x00\xff\r\n", None, [b"a", []])
    assert isinstance(error, CommandError)
    assert error.code == "WRONGTYPE"


async def test_arguments_arrive_as_they_are(link: Link) -> None:
    """Bytes, text in UTF-8, integers and floats; many, long, and empty ones."""
    echo = script("return {KEYS, ARGV}")
    keys, args = await link.run(
        echo, [b"{link}\xff", "{link}ü"], [b"\r\n", "😀", -(2**53), 0.5, "", "x" * 100_000]
    )
    assert keys == [b"{link}\xff", "{link}ü".encode()]
    assert args == [b"\r\n", "😀".encode(), b"-9007199254740992", b"0.5", b"", b"x" * 100_000]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(None, TypeError), (True, TypeError), ([], TypeError), ("\ud800", UnicodeEncodeError)],
)
async def test_what_cannot_be_sent_raises_at_once(link: Link, wrong: Any, error: type[Exception]) -> None:
    """The caller is told by an exception, nothing is sent, and the calls around it are not harmed."""
    replies: list[object] = []
    link.call(APPEND, ["{link}:log"], ["a"], replies.append)
    with pytest.raises(error):
        link.call(APPEND, ["{link}:log"], [wrong], replies.append)
    with pytest.raises(error):
        await link.command("SET", "{link}:log", wrong)
    assert await link.run(APPEND, ["{link}:log"], ["b"]) == 2
    assert replies == [1]


async def test_an_error_of_a_script_or_command_is_its_callers_alone(link: Link) -> None:
    """It is answered with code and text, and the same connection serves everybody else."""
    connection = await link.command("CLIENT", "ID")
    fails = script("redis.call('SET', KEYS[1], 'x'); return redis.call('RPUSH', KEYS[1], 'y')")
    answers = script("return redis.error_reply('NOTHERE no such thread')")
    results = await asyncio.gather(
        link.run(APPEND, ["{link}:other"], ["a"]),
        link.run(fails, ["{link}:log"], []),
        link.run(answers, [], []),
        link.command("NOSUCH"),
        link.run(script("return redis.call('DEL', KEYS[1])"), ["{link}:other"], []),
        return_exceptions=True,
    )
    assert results[0] == 1
    assert isinstance(results[1], ScriptError)
    assert results[1].code == "WRONGTYPE"
    assert type(results[2]) is CommandError
    assert (results[2].code, str(results[2])) == ("NOTHERE", "NOTHERE no such thread")
    assert type(results[3]) is CommandError
    assert results[4] == 1
    assert await link.command("CLIENT", "ID") == connection


async def test_a_callback_is_never_called_inside_the_call(store_url: str) -> None:
    """Not even one that fails at once: whoever calls may rely on its own state being finished first."""
    replies: list[object] = []
    link = Link(store_url)
    link.call(APPEND, ["{link}:log"], ["a"], replies.append)
    link.ask(["PING"], replies.append, idempotent=True)
    assert replies == []
    await asyncio.sleep(0)
    assert [type(reply) for reply in replies] == [StoreUnavailable, StoreUnavailable]


async def test_a_callback_that_raises_harms_no_other(link: Link) -> None:
    """What it raises is told to the loop; the replies after it reach their callbacks."""
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))

    def broken(reply: object) -> None:
        raise ZeroDivisionError(reply)

    link.call(APPEND, ["{link}:log"], ["a"], broken)
    assert await link.run(APPEND, ["{link}:log"], ["b"]) == 2
    assert [repr(error) for error in told] == ["ZeroDivisionError(1)"]


async def test_a_callback_may_call(link: Link) -> None:
    """A chain of calls, each made by the callback of the one before, comes to its end."""
    ended = asyncio.Event()

    def again(length: int) -> None:
        if length == 100:
            ended.set()
        else:
            link.call(APPEND, ["{link}:log"], ["a"], again)

    again(0)
    await ended.wait()
    assert await link.command("LLEN", "{link}:log") == 100


async def test_a_cancelled_caller_leaves_nothing_behind(link: Link) -> None:
    """Its script runs, its reply is dropped without a warning, and the next caller gets its own."""
    for _ in range(20):
        caller = asyncio.create_task(link.run(APPEND, ["{link}:log"], ["a"]))
        failing = asyncio.create_task(link.command("NOSUCH"))
        await asyncio.sleep(0)
        caller.cancel()
        failing.cancel()
        await asyncio.wait([caller, failing])
        assert caller.cancelled()
    assert await link.command("LLEN", "{link}:log") == 20
    gc.collect()  # what nobody retrieved would warn now


async def test_too_much_in_flight_is_refused(store_url: str) -> None:
    """Past the bound a call fails at once, unsent; the others are answered, and then there is room."""
    async with Link(store_url, scripts=[APPEND], most_in_flight=10) as link:
        await link.ready()
        await link.command("DEL", "{link}:log")
        replies: list[Any] = []
        for number in range(13):
            link.call(APPEND, ["{link}:log"], [number], replies.append)
        assert link.in_flight == 10
        await eventually(lambda: len(replies) == 13)
        assert [type(reply) for reply in replies[:3]] == [StoreUnavailable] * 3
        assert replies[3:] == list(range(1, 11))
        assert link.in_flight == 0
        assert await link.run(APPEND, ["{link}:log"], [13]) == 11


async def test_in_flight_and_connected_say_how_it_stands(store_url: str) -> None:
    """Before, during and after."""
    made: list[str] = []
    link = Link(
        store_url, on_connected=lambda: made.append("up"), on_lost=lambda error: made.append(str(error))
    )
    assert not link.connected
    assert "not dialed" in link.trouble
    async with link:
        await link.ready()
        assert (link.connected, link.trouble, link.in_flight) == (True, "", 0)
        link.call(APPEND, ["{link}:log"], ["a"], lambda reply: None)
        assert link.in_flight == 1
        await eventually(lambda: link.in_flight == 0)
        assert made == ["up"]
    assert not link.connected
    assert len(made) == 2
    assert "closed by the hub" in made[1]


async def test_a_store_that_refuses_for_now_is_unavailable(tmp_path: Any) -> None:
    """Out of memory, without its replicas, a replica, a replica without its primary: nothing was written."""
    with Valkey(tmp_path) as store:
        async with Link(store.url) as link, other_client(store.url) as other:
            await link.ready()
            for setting, primary in (
                ("maxmemory 1", "NO ONE"),
                ("min-replicas-to-write 1", "NO ONE"),
                ("replica-serve-stale-data yes", "127.0.0.1 1"),
                ("replica-serve-stale-data no", "127.0.0.1 1"),
            ):
                await other.execute_command("CONFIG", "SET", *setting.split())
                await other.execute_command("REPLICAOF", *primary.split())
                with pytest.raises(StoreUnavailable):
                    await link.run(APPEND, ["log"], ["a"])
                with pytest.raises(StoreUnavailable):
                    await link.command("RPUSH", "log", "a")
                await other.execute_command("REPLICAOF", "NO", "ONE")
                await other.execute_command("CONFIG", "SET", "maxmemory", "0", "min-replicas-to-write", "0")
                assert await link.command("LLEN", "log") == 0
            assert await link.run(APPEND, ["log"], ["a"]) == 1


def test_an_error_is_what_the_tree_says() -> None:
    """Whoever catches StoreError catches all."""
    assert issubclass(StoreUnavailable, StoreError)
    assert issubclass(UnknownOutcome, StoreError)
    assert issubclass(ScriptError, CommandError)
    assert issubclass(CommandError, StoreError)

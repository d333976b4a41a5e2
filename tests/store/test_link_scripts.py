"""The link when the store has lost its scripts."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from onethread.store.address import connect_socket
from onethread.store.errors import ScriptError, StoreUnavailable
from onethread.store.link import Link
from onethread.store.link_scripts import ENDINGS, LoadedScripts
from tests.store.link_store import APPEND, READ, Valkey, eventually, other_client, script

NUMBERS = [script(f"return redis.call('RPUSH', KEYS[1], ARGV[1]) -- {number}") for number in range(8)]


@contextmanager
def flushing(store: Valkey) -> Iterator[None]:
    """Meanwhile another client, in a thread of its own, flushes the scripts as often as it can."""
    over = threading.Event()

    def flush() -> None:
        with connect_socket(store.path) as client:
            client.settimeout(10)
            while not over.is_set():
                client.sendall(b"SCRIPT FLUSH\r\n")
                assert client.recv(100) == b"+OK\r\n"

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


async def test_order_is_kept_while_scripts_are_flushed(store: Valkey) -> None:
    """Of thousands of ordered appends in flight none is lost, none doubled, and the order stays, under a
    storm of SCRIPT FLUSH; whichever script each of them calls, also one that was never called before.
    """
    async with Link(store.url) as link:
        await link.ready()
        replies: list[object] = []
        with flushing(store):
            for round_ in range(20):
                for number in range(500):
                    link.call(
                        NUMBERS[number % 7 + (round_ > 10)], ["log"], [round_ * 500 + number], replies.append
                    )
                await asyncio.sleep(0.005)
            await eventually(lambda: len(replies) == 10_000)
        assert replies == list(range(1, 10_001))
        log = await link.run(READ, ["log"], [])
        assert log == [b"%d" % number for number in range(10_000)]


async def test_hubs_that_load_again_do_not_disturb_each_other(store: Valkey) -> None:
    """Three hubs append in order while scripts are flushed: what one loads lets no later call of another
    overtake its refused ones."""
    async with Link(store.url) as one, Link(store.url) as two, Link(store.url) as three:
        links = [one, two, three]
        for link in links:
            await link.ready()
        replies: list[object] = []
        with flushing(store):
            for start in range(0, 6_000, 200):
                for link, key in zip(links, "abc", strict=True):
                    for number in range(start, start + 200):
                        link.call(APPEND, [key], [number], replies.append)
                await asyncio.sleep(0.002)
            await eventually(lambda: len(replies) == 18_000)
        for key in "abc":
            assert await one.run(READ, [key], []) == [b"%d" % number for number in range(6_000)]


async def test_a_hub_that_connects_after_a_flush_disturbs_nobody(store: Valkey) -> None:
    """What it loads lets no call through that another hub has under way under the names of before."""
    async with Link(store.url, scripts=[APPEND]) as one, other_client(store.url) as other:
        await one.ready()
        await one.run(APPEND, ["log"], ["a"])
        [ending] = (await other.hgetall(ENDINGS)).values()
        name = hashlib.sha1(APPEND.body.encode() + b"\n-- " + ending, usedforsecurity=False).hexdigest()
        assert await other.script_exists(name) == [True]
        await other.script_flush()
        async with Link(store.url, scripts=[APPEND]) as two:
            await two.ready()
            await two.run(APPEND, ["log"], ["b"])
            assert await other.script_exists(name) == [False]
        await one.run(APPEND, ["log"], ["c"])
        assert await one.run(READ, ["log"], []) == [b"a", b"b", b"c"]


async def test_one_flush_is_not_noticed(store: Valkey) -> None:
    """A flush while nothing is in flight costs a call some time and nothing else."""
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        for number in range(1, 20):
            assert await link.run(APPEND, ["log"], [number]) == number
            await other.script_flush()


async def kept(other: Redis) -> int:
    """How many scripts the store holds."""
    return int((await other.info("memory"))["number_of_cached_scripts"])


async def test_given_scripts_are_loaded_with_the_connection(store: Valkey) -> None:
    """They are there before the first call; whoever connects later uses them and loads none."""
    async with other_client(store.url) as other:
        before = await kept(other)
        for _ in range(3):
            async with Link(store.url, scripts=[APPEND, READ]) as link:
                await link.ready()
                assert await link.command("PING") == b"PONG"
                assert await kept(other) == before + 2
                await link.run(APPEND, ["log"], ["a"])
        assert await kept(other) == before + 2


async def test_each_set_of_scripts_is_kept_once(store: Valkey) -> None:
    """Hubs of two releases over one store, each starting again and again, don't fill it."""
    async with other_client(store.url) as other:
        before = await kept(other)
        for _ in range(3):
            for scripts in ([APPEND], [APPEND, READ]):
                async with Link(store.url, scripts=scripts) as link:
                    await link.ready()
                    await link.run(APPEND, ["log"], ["a"])
        assert await kept(other) == before + 3


async def test_scripts_called_are_there_after_a_reconnect(store: Valkey) -> None:
    """A store that was emptied of scripts and cut the link has them again before the next call."""
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        assert await link.run(READ, ["log"], []) == []
        connection = await link.command("CLIENT", "ID")
        await other.script_flush()
        assert await kept(other) == 0
        await other.execute_command("CLIENT", "KILL", "ID", connection)
        assert await link.run(READ, ["log"], []) == []
        assert await kept(other) == 1


async def test_a_store_that_takes_no_writes_runs_the_reading_scripts(store: Valkey) -> None:
    """Out of memory, it can't note what was loaded; scripts are loaded and read all the same."""
    async with other_client(store.url) as other:
        await other.config_set("maxmemory", 1)
        async with Link(store.url, scripts=[APPEND, READ]) as link:
            await link.ready()
            with pytest.raises(StoreUnavailable):
                await link.run(APPEND, ["log"], ["a"])
        await other.config_set("maxmemory", 0)
        async with Link(store.url, scripts=[APPEND, READ]) as link:
            assert await link.run(READ, ["log"], []) == []


async def test_a_script_that_does_not_compile_is_its_callers_alone(store: Valkey) -> None:
    """Each call of it fails, and says why; scripts loaded with it work, also after a flush."""
    broken = script("this is no Lua")
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        for _ in range(3):
            results = await asyncio.gather(
                link.run(APPEND, ["log"], ["a"]),
                link.run(broken, [], []),
                link.run(APPEND, ["log"], ["b"]),
                return_exceptions=True,
            )
            assert isinstance(results[1], ScriptError)
            assert "compil" in str(results[1])
            await other.script_flush()
        assert await link.run(READ, ["log"], []) == [b"a", b"b"] * 3


async def test_a_store_that_never_keeps_scripts_is_unavailable(store: Valkey) -> None:
    """Calls fail, in bounded time and unsent; commands work; and once it keeps them, calls do."""
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        await other.execute_command("ACL", "SETUSER", "default", "-script")
        with pytest.raises(StoreUnavailable, match="scripts"):
            await link.run(APPEND, ["log"], ["a"])
        assert await link.command("LLEN", "log") == 0
        await other.execute_command("ACL", "SETUSER", "default", "+script")
        assert await link.run(APPEND, ["log"], ["a"]) == 1


async def test_what_was_not_sent_yet_stays_behind_what_was_refused(store: Valkey) -> None:
    """A command made in the tick in which NOSCRIPT arrives takes effect after the refused calls."""
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        await link.run(APPEND, ["log"], ["first"])
        later: list[object] = []

        def refused(reply: object) -> None:
            link.call(APPEND, ["log"], ["third"], later.append)
            link.ask(["RPUSH", "log", "fourth"], later.append)

        await other.script_flush()
        link.ask(["PING"], refused)
        link.call(APPEND, ["log"], ["second"], later.append)
        await eventually(lambda: len(later) == 3)
        assert await link.run(READ, ["log"], []) == [b"first", b"second", b"third", b"fourth"]


async def test_too_much_held_back_is_refused(store: Valkey) -> None:
    """While scripts are loaded, what is held back is bounded as what is in flight is."""
    async with Link(store.url, most_in_flight=5) as link:
        await link.ready()
        replies: list[Any] = []
        for number in range(8):
            link.call(APPEND, ["log"], [number], replies.append)
        assert link.in_flight == 5
        await eventually(lambda: len(replies) == 8)
        assert [type(reply) for reply in replies[:3]] == [StoreUnavailable] * 3
        assert replies[3:] == [1, 2, 3, 4, 5]


def answered(loaded: LoadedScripts, *replies: object) -> list[bytes]:
    """Answers one question after the other; gives what was asked, word for word."""
    asked = []
    for reply in replies:
        question = loaded.question()
        assert question is not None
        packed, take = question
        asked.append(packed)
        take(reply)
    return asked


def test_what_another_hub_has_loaded_is_used() -> None:
    """An ending that is noted for these scripts is asked about; if the store has all names, they are used."""
    first = LoadedScripts({APPEND.sha: APPEND, READ.sha: READ})
    answered(first, None)
    assert first.question() is None
    ending = first.transaction()[-1].rsplit(b"\r\n")[-2]
    second = LoadedScripts({READ.sha: READ, APPEND.sha: APPEND})
    asked = answered(second, ending, [1, 1])
    assert all(name.encode() in asked[1] for name in first.names.values())
    assert second.complete
    assert second.names == first.names


@pytest.mark.parametrize("replies", [(None,), (b"0123", [1, 0]), (b"0123", [0, 0]), (b"\xff", [0, 0])])
def test_what_is_not_there_whole_is_loaded_under_names_of_its_own(replies: tuple[object, ...]) -> None:
    """Nothing noted, or not all of it there any more: no name that anybody ever had is loaded again."""
    loaded = LoadedScripts({APPEND.sha: APPEND, READ.sha: READ})
    asked = answered(loaded, *replies)
    assert loaded.question() is None
    assert not loaded.complete
    loaded.transaction()
    assert loaded.complete
    assert not any(name.encode() in b"".join(asked) for name in loaded.names.values())


@pytest.mark.parametrize("where", [0, 1])
def test_a_question_that_is_refused_ends_the_asking(where: int) -> None:
    """A store that won't tell is loaded into; nothing is asked for ever."""
    loaded = LoadedScripts({APPEND.sha: APPEND})
    answered(loaded, *(b"0123",)[:where], StoreUnavailable("no permission"))
    assert loaded.question() is None
    assert not loaded.complete


def test_a_script_that_comes_later_is_asked_about_with_all_others() -> None:
    """Another set of scripts is another ending: the names of what is known already change with it."""
    loaded = LoadedScripts({APPEND.sha: APPEND})
    [first] = answered(loaded, None)
    loaded.transaction()
    before = dict(loaded.names)
    loaded.known[READ.sha] = READ
    assert not loaded.complete
    [second] = answered(loaded, None)
    assert first != second
    loaded.transaction()
    assert loaded.complete
    assert loaded.names[APPEND.sha] != before[APPEND.sha]


def test_a_flushed_script_gets_a_name_of_its_own() -> None:
    """After a flush nothing is asked, and no name is used twice, by this hub or another."""
    loaded = LoadedScripts({APPEND.sha: APPEND})
    names = set()
    for _ in range(4):
        loaded.flushed()
        assert loaded.names == {}
        assert loaded.question() is None
        loaded.transaction()
        names.add(loaded.names[APPEND.sha])
    assert len(names) == 4

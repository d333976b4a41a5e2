"""The link when the store has lost its scripts."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from onethread.store.address import connect_socket
from onethread.store.errors import ScriptError, StoreUnavailable
from onethread.store.link import Link
from onethread.store.link_scripts import LoadedScripts
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


async def test_one_flush_is_not_noticed(store: Valkey) -> None:
    """A flush while nothing is in flight costs a call some time and nothing else."""
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        for number in range(1, 20):
            assert await link.run(APPEND, ["log"], [number]) == number
            await other.script_flush()


async def test_given_scripts_are_loaded_with_the_connection(store: Valkey) -> None:
    """They are there before the first call, under the names that every hub uses."""
    async with Link(store.url, scripts=[APPEND, READ]) as link, other_client(store.url) as other:
        await link.ready()
        assert await link.command("PING") == b"PONG"
        assert await other.script_exists(APPEND.sha, READ.sha) == [True, True]


async def test_scripts_called_are_there_after_a_reconnect(store: Valkey) -> None:
    """A store that was emptied of scripts and cut the link has them again before the next call."""
    async with Link(store.url) as link, other_client(store.url) as other:
        await link.ready()
        assert await link.run(READ, ["log"], []) == []
        connection = await link.command("CLIENT", "ID")
        await other.script_flush()
        await other.execute_command("CLIENT", "KILL", "ID", connection)
        assert await link.run(READ, ["log"], []) == []
        assert await other.script_exists(READ.sha) == [True]


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


def test_a_flushed_script_gets_a_name_of_its_own() -> None:
    """No name of a load after a flush is used twice, by this hub or another."""
    loaded = LoadedScripts({APPEND.sha: APPEND})
    loaded.transaction()
    names = [loaded.names[APPEND.sha]]
    assert names == [APPEND.sha]
    for _ in range(3):
        loaded.flushed()
        assert loaded.names == {}
        loaded.transaction()
        names.append(loaded.names[APPEND.sha])
    assert len(set(names)) == 4

"""The death of a store under a living hub."""

import asyncio
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from onethread.store import embedded
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import EmbeddedStoreError, StoreDied, StoreUnusable, ending
from tests.store.embedded_hub import ask, await_answer, children, lives, until


def kill(store: EmbeddedStore) -> int:
    """Kills the store; answers the id it had."""
    assert store.pid is not None
    os.kill(store.pid, signal.SIGKILL)
    return store.pid


def test_its_death_is_told_with_cause_and_log() -> None:
    """Each way to end has its words: a status, a signal by name, a signal by number."""
    assert ending(1) == "ended with status 1"
    assert ending(-9) == "was ended by SIGKILL"
    assert ending(-40) == "was ended by signal 40"


async def test_the_death_of_the_store_is_noticed(data: Path) -> None:
    """Whoever awaits the end of a store hears of its death: which process, how, and its last log lines."""
    async with EmbeddedStore(data) as store:
        ended = asyncio.create_task(store.ended())
        pid = kill(store)
        died = await ended
        assert isinstance(died, StoreDied)
        assert died.returncode == -signal.SIGKILL
        assert f"pid {pid}" in str(died)
        assert "SIGKILL" in str(died)
        assert "Ready to accept connections" in str(died)


async def test_a_stop_is_no_death(data: Path) -> None:
    """A store that was told to stop is not reported, nor one that never ran."""
    store = EmbeddedStore(data)
    assert await store.ended() is None
    async with store:
        ended = asyncio.create_task(store.ended())
        cancelled = asyncio.create_task(store.ended())
        await asyncio.sleep(0)
        cancelled.cancel()
    assert await ended is None


async def test_a_full_disk_ends_the_store_and_loses_nothing(data: Path) -> None:
    """P1: a write that cannot reach the disk is not answered; the store ends, and the rest is kept."""
    async with EmbeddedStore(data) as store:
        await ask(store.url, "set", "key", "value")
        assert store.pid is not None
        resource.prlimit(store.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        ended = asyncio.create_task(store.ended())
        with pytest.raises((RedisError, OSError)):
            await ask(store.url, "set", "key", "x" * 10_000)
        assert isinstance(await ended, StoreDied)
    async with EmbeddedStore(data) as store:
        assert await ask(store.url, "get", "key") == "value"


async def test_a_store_that_died_is_started_again(data: Path) -> None:
    """P8: a killed store is reported and comes back at the same URL with all it had, each time."""
    reports: list[EmbeddedStoreError] = []
    async with EmbeddedStore(data) as store:
        keeping = asyncio.create_task(store.keep_running(reports.append))
        for count in range(1, 4):
            url, pid = store.url, store.pid
            assert await ask(url, "incr", "count") == count
            kill(store)
            await asyncio.to_thread(until, lambda killed=pid: store.pid not in (killed, None))
            await asyncio.to_thread(await_answer, data, b"+PONG")
            # One for each kill; a kill that comes before the start has seen the answer is a failed attempt.
            assert len(reports) == count
            assert await ask(url, "get", "count") == str(count)
    await keeping
    assert isinstance(reports[0], StoreDied)
    assert len(reports) == 3


async def test_a_stop_between_two_attempts_is_the_last_word(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hub that ends while its dead store waits to be started again leaves no store."""
    monkeypatch.setattr(embedded, "_FIRST_PAUSE_S", 0.3)
    reports: list[EmbeddedStoreError] = []
    async with EmbeddedStore(data) as store:
        keeping = asyncio.create_task(store.keep_running(reports.append))
        await asyncio.sleep(0)
        kill(store)
        await asyncio.to_thread(until, lambda: bool(reports))
    await keeping
    assert store.pid is None
    assert [type(report) for report in reports] == [StoreDied]
    with EmbeddedStore(data):
        pass


async def rewrite_slowly(store: EmbeddedStore) -> int:
    """Makes the store rewrite its file at one key a minute; answers the id of the child that does it."""
    await ask(store.url, "mset", *(word for number in range(9) for word in (f"key{number}", number)))
    await ask(store.url, "config", "set", "rdb-key-save-delay", 60_000_000)
    await ask(store.url, "bgrewriteaof")
    assert store.pid is not None
    (child,) = children(store.pid)
    return child


async def test_a_stop_ends_the_child_of_a_killed_store_too(data: Path) -> None:
    """When the store was killed while a child rewrote its files, a stop leaves no process either."""
    async with EmbeddedStore(data) as store:
        child = await rewrite_slowly(store)
        kill(store)
    await asyncio.to_thread(until, lambda: not lives(child))


async def test_a_start_ends_the_child_of_a_killed_store_first(data: Path) -> None:
    """A store that is killed while a child rewrites its files is started again without that child."""
    async with EmbeddedStore(data) as store:
        keeping = asyncio.create_task(store.keep_running(lambda _: None))
        child = await rewrite_slowly(store)
        kill(store)
        await asyncio.to_thread(until, lambda: not lives(child))
        await asyncio.to_thread(await_answer, data, b"+PONG")
        assert await ask(store.url, "get", "key8") == "8"
    await keeping


async def test_attempts_go_on_until_one_succeeds(data: Path) -> None:
    """A store that cannot be started again yet is tried again, each failure reported, until it can."""
    reports: list[EmbeddedStoreError] = []
    async with EmbeddedStore(data) as store:
        keeping = asyncio.create_task(store.keep_running(reports.append))
        manifest = data / "store" / "appendonlydir" / "appendonly.aof.manifest"
        good = manifest.read_bytes()
        manifest.write_bytes(b"no manifest")
        kill(store)
        await asyncio.to_thread(until, lambda: len(reports) >= 3)
        manifest.write_bytes(good)
        await asyncio.to_thread(await_answer, data, b"+PONG")
        assert [type(report) for report in reports[:3]] == [StoreDied, StoreUnusable, StoreUnusable]
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping

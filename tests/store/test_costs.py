"""What a message costs the store, by counts: a change that doubles it fails here, on a busy machine too."""

import asyncio
import secrets
from collections.abc import Iterator

import pytest

from onethread.hub.log import Hosted
from onethread.store import unhooked
from tests.store.calls import calls
from tests.store.thread_log import ANA, ThreadLog
from tests.stores import guarded_store

KEPT_A_MESSAGE = 380
"""Bytes: log, cids and the thread's share of meta, for 77 characters under a cid of 32."""


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store that nobody else asks anything."""
    with guarded_store(tmp_path_factory.mktemp("costs")) as url:
        yield url


async def test_a_message_is_one_script_of_seven_calls(
    log: ThreadLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each more costs the store about 6 % of a message, whoever writes and wherever the thread stands."""
    monkeypatch.setattr(unhooked, "TRUSTED", 3_600.0)  # on a slow machine too, no answer grows too old
    await log.say()
    await log.agent_says()
    for assignee in ("", ANA):
        if assignee:
            await log.set_meta(assignee=assignee)
            await log.say()
        before = await calls(log.link)
        await log.say()
        await log.agent_says()
        await log.agent_says(kind="note")
        assert await calls(log.link) - before == {
            "evalsha": 3,
            "hmget": 3,
            "lindex": 3,
            "rpush": 3,
            "hsetnx": 3,
            "zadd": 3,
            "spublish": 6,
        }


async def test_a_device_that_returns_is_one_script_of_seven_calls(log: ThreadLog) -> None:
    """One of the last 50, of a thread whose tail the hub has: however many others there are, and messages."""
    await log.fill(*["hello"] * 20)
    for device in (*(f"device-{number}" for number in range(70)), "laptop"):
        await log.store.join(log.keys, log.arrival(device))
    before = await calls(log.link)
    await log.store.join(log.keys, log.arrival("laptop", tail=0))
    assert await calls(log.link) - before == {
        "evalsha": 1,
        "hmget": 1,
        "zrange": 1,
        "zadd": 1,
        "hgetall": 1,
        "hset": 1,
        "llen": 1,
        "lindex": 1,
    }


async def test_a_comparison_is_two_calls_a_thread(log: ThreadLog) -> None:
    """What differs costs more, and is rare."""
    await log.fill("1", "2", "3")
    same = Hosted(log.keys, await log.head(), log.epoch, 0)
    await log.compare(same)  # the first call of a script loads it
    before = await calls(log.link)
    assert await log.compare(*[same] * 20) == [None] * 20
    assert await calls(log.link) - before == {"evalsha": 1, "hmget": 20, "lrange": 20}


@pytest.mark.parametrize("messages", [100, 10_000])
async def test_what_a_message_keeps(log: ThreadLog, messages: int) -> None:
    """In a short thread as in a long one, with the longest device id that clients of ours make."""
    for _ in range(messages // 100):
        said = (log.say("x" * 77, cid=secrets.token_hex(16), device="d" * 36) for _ in range(100))
        await asyncio.gather(*said)
    assert (await log.head()).seq == messages
    kept = 0
    for key in (log.keys.log, log.keys.cids, log.keys.meta):
        kept += int(await log.link.command("MEMORY", "USAGE", key, "SAMPLES", 0))
    assert kept / messages <= KEPT_A_MESSAGE

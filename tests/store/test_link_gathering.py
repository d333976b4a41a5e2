"""When a busy link writes."""

import asyncio

import pytest

from onethread.store import link_gathering
from onethread.store.link import Link
from onethread.store.link_gathering import BUSY, GATHER_SECONDS, LOOK_SECONDS, Gathering
from tests.store.link_store import APPEND, READ, Valkey, other_client


def after(writes: int, commands: int, every: float) -> tuple[Gathering, float]:
    """What has seen so many writes of so many commands at this distance, and when the last was."""
    gathering, now = Gathering(100.0), 100.0
    for _ in range(writes):
        now += every
        gathering.wrote(commands, now)
    return gathering, now


def test_a_new_link_writes_at_once() -> None:
    """Nothing is known of it yet."""
    assert Gathering(100.0).wait(100.0) == 0.0


@pytest.mark.parametrize(("commands", "every"), [(1, 0.5 / BUSY), (1, 0.9 / BUSY), (30, 0.02), (1_000, 0.5)])
def test_a_busy_link_waits_from_its_last_write_on(commands: int, every: float) -> None:
    """From its last write on, and no longer than said; then it writes at once."""
    gathering, now = after(1_000, commands, every)
    assert gathering.wait(now) == pytest.approx(GATHER_SECONDS)
    assert gathering.wait(now + GATHER_SECONDS / 4) == pytest.approx(GATHER_SECONDS * 3 / 4)
    assert gathering.wait(now + GATHER_SECONDS * 1.01) == 0.0
    assert gathering.wait(now + 3_600) == 0.0


@pytest.mark.parametrize(("commands", "every"), [(1, 2 / BUSY), (1, 1.0), (900, 1.0)])
def test_a_link_with_less_to_do_never_waits(commands: int, every: float) -> None:
    """Also between two commands that come close together."""
    gathering, now = after(1_000, commands, every)
    assert gathering.wait(now) == 0.0


def test_a_link_is_busy_for_as_long_as_it_is() -> None:
    """Looked at again and again, in both directions."""
    gathering, now = after(1_000, 1, 0.5 / BUSY)
    gathering.wrote(1, now + 2 * LOOK_SECONDS)
    assert gathering.wait(now + 2 * LOOK_SECONDS) == 0.0
    gathering.wrote(BUSY, now + 4 * LOOK_SECONDS)
    assert gathering.wait(now + 4 * LOOK_SECONDS) > 0.0


async def test_commands_of_several_turns_leave_together(
    store: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a busy link is given turn by turn reaches the store in a write or two, in order, each once."""
    monkeypatch.setattr(link_gathering, "BUSY", 0)
    monkeypatch.setattr(link_gathering, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(link_gathering, "GATHER_SECONDS", 0.5)
    async with Link(store.url, scripts=[APPEND, READ]) as link, other_client(store.url) as other:
        await link.ready()
        await link.command("DEL", "{link}:log")
        before = (await other.info("stats"))["total_reads_processed"]
        replies: list[object] = []
        for number in range(50):
            link.call(APPEND, ["{link}:log"], [number], replies.append)
            await asyncio.sleep(0)
        log = await link.run(READ, ["{link}:log"], [])
        assert log == [b"%d" % number for number in range(50)]
        assert replies == list(range(1, 51))
        after = (await other.info("stats"))["total_reads_processed"]
        assert after - before <= 5

"""The directory: organizations from memory, never older than it promises."""

import asyncio

import pytest

from onethread.identity.organization import Organization
from onethread.store import directory
from onethread.store.directory import Directory
from onethread.store.errors import StoreError, StoreUnavailable


class Records:
    """What there is to find: counts the reads, waits on request, is away on request."""

    def __init__(self) -> None:
        self.found: dict[str, Organization] = {"acme": Organization(org="acme", name="Acme")}
        self.reads = 0
        self.now = 1000.0
        self.away: StoreError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.whole = True
        self.directory = Directory(self.find, self.intact, lambda: self.now)

    async def find(self, org: str) -> Organization | None:
        self.reads += 1
        found = self.found.get(org)
        await self.gate.wait()
        if self.away:
            raise self.away
        return found

    async def intact(self) -> bool:
        if self.away:
            raise self.away
        return self.whole

    async def look(self, org: str = "acme") -> Organization | None:
        return await self.directory.organization(org)


async def test_it_is_read_once_in_two_seconds() -> None:
    """An organization, and the lack of one, is read from the store once in 2 seconds, then again."""
    records = Records()
    for _ in range(3):
        assert await records.look() == records.found["acme"]
        assert await records.look("nobody") is None
    assert records.reads == 2
    records.found["acme"] = changed = Organization(org="acme", name="Acme Inc.")
    records.now += 2.0
    assert await records.look() == changed


async def test_many_who_ask_at_once_read_once() -> None:
    """However many look one name up at the same time, the store is asked once."""
    records = Records()
    records.gate.clear()
    asking = [asyncio.create_task(records.look()) for _ in range(50)]
    await asyncio.sleep(0)
    records.gate.set()
    assert await asyncio.gather(*asking) == [records.found["acme"]] * 50
    assert records.reads == 1


async def test_one_who_gives_up_takes_nobody_along() -> None:
    """The cancellation of whoever began a read leaves those who wait for it with its answer."""
    records = Records()
    records.gate.clear()
    first, second = asyncio.create_task(records.look()), asyncio.create_task(records.look())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    records.gate.set()
    assert await second == records.found["acme"]
    assert first.cancelled()


async def test_an_unreachable_store_is_unavailable() -> None:
    """With nothing held, a store that fails is StoreUnavailable; the next look-up tries again."""
    records = Records()
    records.away = StoreUnavailable("gone")
    with pytest.raises(StoreUnavailable):
        await records.look()
    records.away = None
    assert await records.look() == records.found["acme"]


async def test_what_is_held_is_used_while_the_store_is_away() -> None:
    """A store that is away leaves what is held valid, unknown names too, for 60 seconds and no longer."""
    records = Records()
    await records.look()
    await records.look("nobody")
    records.away = StoreUnavailable("gone")
    records.now += 59
    assert await records.look() == records.found["acme"]
    assert await records.look("nobody") is None
    records.now += 2
    with pytest.raises(StoreUnavailable):
        await records.look()


async def test_it_holds_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that clients make up push each other out; those just asked for stay."""
    monkeypatch.setattr(directory, "HELD", 10)
    records = Records()
    for number in range(100):
        await records.look(f"org{number}")
    reads = records.reads
    for number in range(90, 100):
        await records.look(f"org{number}")
    assert records.reads == reads
    await records.look("org0")
    assert records.reads == reads + 1


async def test_removed_is_what_the_store_says_now() -> None:
    """Not what is held; and a store that lost everything, or is away, doesn't say that it was removed."""
    records = Records()
    assert await records.look() is not None
    assert not await records.directory.removed("acme")
    del records.found["acme"]
    assert await records.directory.removed("acme")
    records.whole = False
    assert not await records.directory.removed("acme")
    records.away = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        await records.directory.removed("acme")


async def test_the_latest_misses_no_change_before_it() -> None:
    """However new what is held is, and though a read that began before the change is under way."""
    records = Records()
    held = await records.look()
    records.gate.clear()
    records.now += 2.0
    begun = asyncio.create_task(records.look())
    while records.reads < 2:  # noqa: ASYNC110 - until it has read
        await asyncio.sleep(0)
    records.found["acme"] = changed = Organization(org="acme", name="Acme Inc.")
    asking = [asyncio.create_task(records.directory.latest("acme")) for _ in range(3)]
    await asyncio.sleep(0)
    records.gate.set()
    assert await asyncio.gather(*asking) == [changed] * 3
    assert await begun == held != changed
    assert records.reads == 3


async def test_the_latest_of_a_store_that_is_away_is_what_is_held() -> None:
    """As for any look-up, for 60 seconds; with nothing held it is StoreUnavailable."""
    records = Records()
    held = await records.look()
    records.away = StoreUnavailable("gone")
    assert await records.directory.latest("acme") == held
    with pytest.raises(StoreUnavailable):
        await records.directory.latest("nobody")
    records.now += 61
    with pytest.raises(StoreUnavailable):
        await records.directory.latest("acme")

"""The sweep, over a real store: carries that nobody came back to."""

import secrets
from collections.abc import AsyncIterator

import pytest

from onethread.hub.log import StoreFailure
from onethread.hub.sweep import Sweep
from onethread.identity.ids import new_thread
from onethread.identity.organization import Organization
from onethread.store.carries import Carries
from onethread.store.link import Link
from tests.store.thread_log import ThreadLog


@pytest.fixture(name="link")
async def link_fixture(store_url: str) -> AsyncIterator[Link]:
    """A link to the store."""
    async with Link(store_url) as opened:
        await opened.ready()
        yield opened


def an_organization() -> Organization:
    """One of the test's own, with two shards."""
    return Organization(org=f"org-{secrets.token_hex(6)}", name="Acme", shards=2)


async def begun(link: Link, organization: Organization, shard: int, *, lost: bool = False) -> ThreadLog:
    """A carry of one message that ended after its seal; its destination, which is not stored if `lost`."""
    source = await ThreadLog(link, organization.org, new_thread(shard)).create()
    await source.say("hush")
    to = ThreadLog(link, organization.org, new_thread(shard))
    if not lost:
        await to.create()
    await source.store.seal(source.keys, to.keys.thread)
    return to


async def kinds(to: ThreadLog) -> list[str]:
    """What a destination has."""
    return [entry.kind for entry in await to.entries()]


async def test_a_carry_that_cannot_be_finished_does_not_stop_the_others(link: Link) -> None:
    """Those of its shard, of later shards and of later organizations are finished; it stays for later."""
    first, second = an_organization(), an_organization()
    lost = await begun(link, first, 0, lost=True)
    others = [await begun(link, first, 0) for _ in range(8)]
    others += [await begun(link, first, 1), await begun(link, second, 0), await begun(link, second, 1)]

    async def organizations() -> list[Organization]:
        return [first, second]

    store = Carries(link)
    sweep = Sweep(store, organizations)
    await sweep.run()
    assert [await kinds(to) for to in others] == [["message", "merged"]] * len(others)
    assert [to for _, to in await store.unfinished(first.org, 0)] == [lost.keys.thread]
    await lost.create()
    await sweep.run()
    assert await kinds(lost) == ["message", "merged"]
    for organization in (first, second):
        assert [await store.unfinished(organization.org, shard) for shard in (0, 1)] == [[], []]
    await sweep.run()
    assert [await kinds(to) for to in others] == [["message", "merged"]] * len(others)


async def test_while_the_store_is_away_nothing_is_lost(link: Link) -> None:
    """A turn that does not get at the organizations ends in peace; the next one does the work."""
    organization, away = an_organization(), [True]
    to = await begun(link, organization, 1)

    async def organizations() -> list[Organization]:
        if away.pop():
            raise StoreFailure("away")
        return [organization]

    sweep = Sweep(Carries(link), organizations)
    await sweep.run()
    assert await kinds(to) == []
    away.append(False)
    await sweep.run()
    assert await kinds(to) == ["message", "merged"]

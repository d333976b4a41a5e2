"""Threads of agents who were removed, over a real store."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from onethread.agents.roster import put, remove
from onethread.hub.clerk import Clerk
from onethread.hub.handover import Handover
from onethread.hub.log import StoreFailure
from onethread.identity.ids import new_thread
from onethread.identity.organization import Organization
from onethread.store.accounts import Accounts
from onethread.store.agent_records import AgentRecords
from onethread.store.carries import Carries
from onethread.store.link import Link
from onethread.store.organizations import Organizations, open_admin_client
from onethread_protocol.people import Author
from tests.agents.test_roster import account
from tests.store.thread_log import ThreadLog

SYSTEM = Author(type="system", id="system", name="Acme")


class Scene:
    """An organization with agents, and threads that are theirs."""

    def __init__(self, link: Link, accounts: Accounts) -> None:
        self.link = link
        self.accounts = accounts
        self.organization = Organization(org=f"org-{secrets.token_hex(6)}", name="Acme", shards=2)
        self.agents = AgentRecords(link)
        self.clerk = Clerk(Carries(link), self.agents)

    async def thread(self, shard: int, agent: str) -> ThreadLog:
        """A thread with a message, assigned."""
        log = await ThreadLog(self.link, self.organization.org, new_thread(shard)).create()
        await log.say("hush")
        assignee = {"id": agent, "name": agent}
        await self.clerk.assign(self.organization, log.keys.thread, SYSTEM, assignee)
        return log

    async def hand_over(self) -> None:
        """Look once, as every hub does from time to time."""

        async def organizations() -> list[Organization]:
            return [self.organization]

        await Handover(self.agents, self.clerk, organizations).run()


@pytest.fixture(name="scene")
async def scene_fixture(store_url: str) -> AsyncIterator[Scene]:
    """Two agents, of whom one will go."""
    client = open_admin_client(store_url)
    async with Link(store_url) as link:
        await link.ready()
        scene = Scene(link, Accounts(client))
        await Organizations(client, b"k" * 32).add(scene.organization)
        for name in ("ana", "ben"):
            await scene.accounts.edit(
                scene.organization.org, lambda roster, name=name: put(roster, account(name))
            )
        yield scene
    await client.aclose()


async def test_open_threads_of_a_removed_agent_are_nobodys_again(scene: Scene) -> None:
    """In every shard, by an event of the system, once, however many hubs look; others' stay theirs."""
    hers = [await scene.thread(shard, "ag_ana") for shard in (0, 1, 1)]
    his = await scene.thread(1, "ag_ben")
    await scene.hand_over()
    assert [await log.meta("assignee") for log in hers] == ["ag_ana"] * 3
    await scene.accounts.edit(scene.organization.org, lambda roster: remove(roster, "ag_ana"))
    await asyncio.gather(*(scene.hand_over() for _ in range(3)))
    for log in hers:
        assert await log.meta("assignee") in (None, "")
        assert list(await log.places()) == ["unassigned"]
        last = (await log.entries())[-1]
        assert (len(await log.entries()), last.kind, last.from_type, last.extra) == (
            3, "assigned", "system", "",
        )  # fmt: skip
    assert list(await his.places()) == ["mine:ag_ben"]


async def test_all_of_many_threads_are_taken_back_in_one_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are read at a time."""
    monkeypatch.setattr("onethread.hub.handover.AT_ONCE", 2)
    hers = [await scene.thread(0, "ag_ana") for _ in range(5)]
    await scene.accounts.edit(scene.organization.org, lambda roster: remove(roster, "ag_ana"))
    await scene.hand_over()
    assert [list(await log.places()) for log in hers] == [["unassigned"]] * 5


async def test_a_closed_thread_is_taken_back_when_it_is_reopened(scene: Scene) -> None:
    """Until then it says who closed it."""
    log = await scene.thread(0, "ag_ana")
    await scene.clerk.set_status(scene.organization, log.keys.thread, SYSTEM, "closed")
    await scene.accounts.edit(scene.organization.org, lambda roster: remove(roster, "ag_ana"))
    await scene.hand_over()
    assert await log.meta("assignee") == "ag_ana"
    await log.say("hush again")
    assert list(await log.places()) == ["mine:ag_ana"]
    await scene.hand_over()
    assert list(await log.places()) == ["unassigned"]


async def test_a_store_that_is_away_is_left_to_the_next_look(scene: Scene) -> None:
    """Nothing is raised: it is done again."""

    async def away() -> list[Organization]:
        raise StoreFailure("away")

    await Handover(scene.agents, scene.clerk, away).run()

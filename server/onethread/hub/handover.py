"""Takes open threads back from agents who were removed: in the view of nobody, nobody would answer them."""

from collections.abc import Awaitable, Callable
from typing import Final

from onethread.agents.inbox import Spot
from onethread.agents.roster import Roster
from onethread.hub.clerk import Clerk
from onethread.hub.log import StoreFailure
from onethread.hub.office import AgentStore
from onethread.identity.organization import Organization
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import Author

AT_ONCE: Final = 100
"""Threads of one agent that are read, and taken back, at a time."""


class Handover:
    """Looks through all organizations, as `organizations` gives them."""

    def __init__(
        self,
        agents: AgentStore,
        clerk: Clerk,
        organizations: Callable[[], Awaitable[list[Organization]]],
    ) -> None:
        self._agents = agents
        self._clerk = clerk
        self._organizations = organizations

    async def run(self) -> None:
        """Assign to nobody what is assigned to nobody's account; what the store prevents is left to the next
        time."""
        try:
            for organization in await self._organizations():
                await self._look_through(organization)
        except StoreFailure:
            return

    async def _look_through(self, organization: Organization) -> None:
        roster: Roster | None = None
        for shard in range(organization.shards):
            for agent in await self._agents.assignees(organization.org, shard):
                if roster is None:
                    roster = (await self._agents.staff(organization.org, "", ())).roster or Roster()
                if agent not in roster.accounts:
                    await self._take_back(organization, shard, agent)

    async def _take_back(self, organization: Organization, shard: int, agent: str) -> None:
        author = Author(type="system", id="system", name=organization.name)
        below: Spot | None = None
        while rows := await self._agents.listed(organization.org, shard, "mine", agent, below, AT_ONCE):
            for row in rows:
                try:
                    # The cid is the same for every hub that looks: one event, however many do.
                    await self._clerk.assign(organization, row.thread, author, None, cid=f"gone {agent}")
                except ProtocolError:
                    continue  # moved or erased a moment ago
            below = Spot("mine", rows[-1].active_at, rows[-1].thread)

"""Who writes in a thread: the agent whose session it is, an agent that a backend names, or the system."""

from __future__ import annotations

from typing import Protocol

from onethread.agents.account import Account
from onethread.agents.roster import Roster
from onethread.api.operation import Call
from onethread.api.problems import Problem
from onethread_protocol.people import Author
from onethread_protocol.wording import shown


class Rosters(Protocol):
    """The agents of organizations. Raises StoreFailure."""

    async def roster(self, org: str) -> Roster | None:
        """Return an organization's agents."""


class Authors:
    """The agents of a caller's organization. Raises StoreFailure."""

    def __init__(self, rosters: Rosters) -> None:
        self._rosters = rosters

    async def roster(self, call: Call) -> Roster:
        """Return all of them."""
        return await self._rosters.roster(call.organization.org) or Roster()

    async def agent(self, call: Call, field: str, agent: str) -> Account:
        """Return the one that a field of the body names. Problem `bad_field`: there is none."""
        account = (await self.roster(call)).accounts.get(agent)
        if account is None:
            sentence = f'`{field}` must be an agent of the organization, not "{shown(agent)}".'
            raise Problem("bad_field", sentence, field=field)
        return account


def system(call: Call) -> Author:
    """Return the organization as an author."""
    return Author(type="system", id="system", name=call.organization.name)


def author_of(call: Call) -> Author:
    """Return who changes a thread: the agent whose session it is, else the system."""
    agent = call.caller.agent
    return system(call) if agent is None else Author(type="agent", id=agent.id, name=agent.name)

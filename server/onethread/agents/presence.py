"""Which agents are there: pure."""

from collections.abc import Iterable

import msgspec

from onethread.agents.roster import Roster
from onethread_protocol.bounds import AgentState
from onethread_protocol.people import AgentPresence


class AgentThere(msgspec.Struct, frozen=True, array_like=True):
    """An agent with a console somewhere, and its state, which is one for all of its consoles."""

    id: str
    state: AgentState


def online(there: Iterable[AgentThere]) -> int:
    """Return how many agents customers are told of: those who are away don't count."""
    return sum(one.state == "online" for one in there)


def presences(there: Iterable[AgentThere], roster: Roster) -> list[AgentPresence]:
    """Return who is there as agents are told."""
    return [AgentPresence(id=one.id, name=roster.name_of(one.id), state=one.state) for one in there]

"""What the hub asks of the store about an organization's agents: the interfaces, and the answers.

Every method is one script or one read, and atomic. All raise only StoreFailure.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from onethread.agents.presence import AgentThere
from onethread.agents.roster import Roster
from onethread.agents.session import Session
from onethread_protocol.bounds import AgentState


class Ticket(msgspec.Struct, frozen=True):
    """The session of a token: of which organization, and under which key it is kept as long as it holds."""

    org: str
    session: Session
    key: str


class Staff(msgspec.Struct, frozen=True):
    """An organization's agents at one moment.

    `roster` is None when it is still the one of the `mark` that was asked with; `open` tells of each session
    asked about whether it is still kept; `there` are those with consoles, by id.
    """

    roster: Roster | None
    mark: str
    open: list[bool]
    there: list[AgentThere]


class SessionStore(Protocol):
    """Sessions, as logins have made them. Implemented by `onethread.store.sessions`."""

    async def ticket(self, token: str) -> Ticket | None:
        """Return the session of a token, None if it opens nothing."""


class StaffStore(Protocol):
    """Who works for an organization and who is there. Implemented by `onethread.store.staff`."""

    async def staff(self, org: str, mark: str, sessions: Sequence[str]) -> Staff:
        """Return the agents; `mark` is that of the roster held, "" for none, `sessions` are keys."""

    async def attend(
        self, org: str, hub: str, here: Sequence[str], left: Sequence[str] = ()
    ) -> list[AgentThere]:
        """Keep a hub's agents there, take off those that left, let those of killed hubs fade.

        Every hub is told when somebody has come or gone. Returns who is there.
        """

    async def set_state(self, org: str, agent: str, state: AgentState) -> list[AgentThere]:
        """Note an agent's state; every hub is told. Returns who is there."""

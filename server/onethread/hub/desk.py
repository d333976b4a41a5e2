"""A desk: the agents of one organization that have consoles at this hub.

It subscribes the organization's desk channel once. What that tells may be lost, so accounts, sessions and
who is there are also compared every few seconds (P7): an agent who was removed, or whose session has ended,
is out within five seconds in any case.

a             an account was changed              (replace.lua)
s             a session has ended                 (store/sessions.py)
p<packed>     who is there                        (attend.lua, state.lua)
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from onethread.agents.presence import AgentThere, presences
from onethread.agents.roster import Roster
from onethread.contacts.profile import Contact
from onethread.hub.inbox import Inbox
from onethread.hub.log import StoreFailure
from onethread.hub.office import Office
from onethread.hub.seat import Seat
from onethread.hub.wire import Wire
from onethread.identity.organization import Organization
from onethread_protocol import server
from onethread_protocol.frames import ServerFrame
from onethread_protocol.people import Named

GATHER: Final = 0.25
"""Seconds in which changes of who is there are gathered: after a restart all agents come within some."""

_there = msgspec.msgpack.Decoder(list[AgentThere])


def channel_of(org: str) -> str:
    """Return the channel on which an organization's desks are told what concerns them."""
    return f"{{{org}}}:desk"


class Desk:
    """Everything of one organization's agents at this hub. `there` are the agents of all hubs."""

    def __init__(self, organization: Organization, office: Office) -> None:
        self.organization = organization
        self.office = office
        self.roster = Roster()
        self.there: list[AgentThere] = []
        self.consoles: list[Seat] = []
        self.inbox = Inbox(self, office)
        self._mark = ""
        self._telling: asyncio.TimerHandle | None = None

    @property
    def org(self) -> str:
        """The organization's slug."""
        return self.organization.org

    def name_of(self, agent: str) -> str:
        """Return an agent's name, of a removed one too."""
        return self.roster.name_of(agent)

    async def same_email(self, contact: Contact) -> list[str]:
        """Return the contacts that have this one's e-mail, too."""
        return await self.office.listing.same_email(self.org, self.organization.shards, contact)

    def named(self, agent: str) -> Named | None:
        """Return an agent as others are told of it; None for nobody, ""."""
        return Named(id=agent, name=self.name_of(agent)) if agent else None

    def hear(self, payload: bytes) -> None:
        """Take a message of the desk's channel."""
        if payload[:1] == b"p":
            self._meet(_there.decode(payload[1:]))
        else:
            self.office.spawn(self._check_quietly())

    async def check(self) -> None:
        """Compare accounts, sessions and who is there with the store, and end what has ended."""
        consoles = tuple(self.consoles)
        sessions = [console.ticket.key for console in consoles]
        staff = await self.office.agents.staff(self.org, self._mark, sessions)
        if staff.roster is not None:
            self.roster, self._mark = staff.roster, staff.mark
            self._tell_soon()
        self._meet(staff.there)
        for console, is_open in zip(consoles, staff.open, strict=True):
            console.verify(self.roster, is_open=is_open)

    async def refresh(self) -> None:
        """Keep this hub's agents there, and let those of killed hubs fade."""
        self._meet(await self.office.agents.attend(self.org, self.office.hub, self._here()))

    async def enter(self, console: Seat) -> None:
        """Take a console in; whatever ends its session from now on is heard, and so is what just did."""
        self.consoles.append(console)
        try:
            await self.check()
            await self.refresh()
        except StoreFailure:
            self.consoles.remove(console)
            raise

    def left(self, console: Seat) -> None:
        """Take a console off; its agent goes with the last one."""
        self.inbox.leave(console)
        if console in self.consoles:
            self.consoles.remove(console)
            self.office.spawn(self._depart(console.account.id))

    async def set_state(self, console: Seat, state: str) -> server.Presence:
        """Note an agent's state, for all of its consoles; returns who is there."""
        self._meet(await self.office.agents.set_state(self.org, console.account.id, state))  # type: ignore[arg-type]
        return self.presence()

    def presence(self) -> server.Presence:
        """Return who is there, as agents are told."""
        return server.Presence(agents=presences(self.there, self.roster))

    def tell(self, frame: ServerFrame) -> None:
        """Write a frame to every console, packed once per wire."""
        packed: dict[Wire, bytes] = {}
        for console in tuple(self.consoles):
            peer = console.connection.peer
            if peer.wire not in packed:
                packed[peer.wire] = peer.wire.pack(frame)
            peer.write(packed[peer.wire])

    def close(self) -> None:
        """Let go of everything: nobody is left."""
        if self._telling is not None:
            self._telling.cancel()

    def _here(self) -> Sequence[str]:
        return sorted({console.account.id for console in self.consoles})

    def _meet(self, there: list[AgentThere]) -> None:
        if there != self.there:
            self.there = there
            self._tell_soon()

    def _tell_soon(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(GATHER, self._tell_presence)

    def _tell_presence(self) -> None:
        self._telling = None
        self.tell(self.presence())

    async def _check_quietly(self) -> None:
        try:
            await self.check()
        except StoreFailure:
            return  # the next comparison sees it

    async def _depart(self, agent: str) -> None:
        here = self._here()
        if agent in here:
            return
        try:
            self._meet(await self.office.agents.attend(self.org, self.office.hub, here, (agent,)))
        except StoreFailure:
            return  # it fades

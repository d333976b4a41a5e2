"""An agent's connection: who it is, at which desk, and what it has open."""

from functools import partial

from msgspec import UNSET

from onethread.agents.account import Account
from onethread.agents.roster import Roster
from onethread.hub.agent_store import Viewing
from onethread.hub.connection import Connection
from onethread.hub.desk import Desk
from onethread.hub.log import Moved, StoreFailure
from onethread.hub.staff import Ticket
from onethread.hub.thread import Thread
from onethread.hub.viewers import NO_DEVICE, Opened
from onethread_protocol import server
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import Device, Named


class Console:
    """One connection of an agent. `account` is as the roster has it; `opened` has admissions by thread."""

    __slots__ = ("account", "connection", "desk", "device", "opened", "ticket")

    def __init__(
        self, connection: Connection, desk: Desk, account: Account, ticket: Ticket, device: Device
    ) -> None:
        self.connection = connection
        self.desk = desk
        self.account = account
        self.ticket = ticket
        self.device = device
        self.opened: dict[str, Opened] = {}

    @property
    def author(self) -> str:
        """The agent, as a cid's author."""
        return f"a{self.account.id}:"

    @property
    def named(self) -> Named:
        """The agent, as others are told of it."""
        return Named(id=self.account.id, name=self.account.name)

    def verify(self, roster: Roster, *, is_open: bool) -> None:
        """End the connection unless its agent is still there and its session holds."""
        account = roster.accounts.get(self.account.id)
        if account is None:
            self.connection.end(Close.NOT_ADMITTED)
        elif not is_open or account.generation != self.ticket.session.generation:
            if not self.connection.over:
                self.connection.refuse(ProtocolError(401, "bad_credentials", "The session has ended."))
                self.connection.end(Close.UNAUTHORIZED)
        else:
            self.account = account

    def left(self) -> None:
        """Hear that the connection is over."""
        for thread in tuple(self.opened):
            self.leave(thread)
        self.desk.left(self)

    def admit(self, thread: Thread, number: int) -> Opened:
        """Take a thread as open, not live yet; one that was open starts over."""
        self.close(thread.id)
        opened = Opened(
            thread,
            self.connection.peer,
            self.connection.id,
            "agent",
            NO_DEVICE,
            "agent",
            partial(self._ended, thread),
        )
        opened.agent = self.account.id
        opened.number = number
        thread.admissions.append(opened)
        self.opened[thread.id] = opened
        return opened

    def leave(self, thread: str) -> None:
        """End what `open` began; the agent is no viewer any more, unless on another connection."""
        opened = self.close(thread)
        if opened is not None:
            office = self.desk.office
            office.spawn(office.viewers.left(opened.thread, opened.agent))

    def close(self, thread: str) -> Opened | None:
        """Take an admission back, if there is one; nothing of its thread is written after this."""
        opened = self.opened.pop(thread, None)
        if opened is not None:
            opened.live = False
            opened.thread.admissions.remove(opened)
        return opened

    def _ended(self, thread: Thread, code: Close) -> None:
        """Hear that a thread is no more: the connection stays."""
        self.leave(thread.id)
        if code is Close.MOVED:
            self.desk.office.spawn(self._tell_moved(thread))
        else:
            self.connection.write(server.Gone(thread=thread.id, reason="erased"))

    async def _tell_moved(self, thread: Thread) -> None:
        try:
            looked = await self.desk.office.agents.open(thread.keys, Viewing(hub=""))
        except StoreFailure:
            looked = None  # where it went is told by the answer to the next command
        to = looked.to if isinstance(looked, Moved) else UNSET
        self.connection.write(server.Gone(thread=thread.id, reason="moved", to=to))

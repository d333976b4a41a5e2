"""An agent's connection: who it is, at which desk."""

from typing import TYPE_CHECKING

from onethread.agents.account import Account
from onethread.agents.roster import Roster
from onethread.hub.connection import Connection
from onethread.hub.staff import Ticket
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import Device

if TYPE_CHECKING:
    from onethread.hub.desk import Desk


class Console:
    """One connection of an agent. `account` is as the roster has it now."""

    __slots__ = ("account", "connection", "desk", "device", "ticket")

    def __init__(
        self, connection: Connection, desk: "Desk", account: Account, ticket: Ticket, device: Device
    ) -> None:
        self.connection = connection
        self.desk = desk
        self.account = account
        self.ticket = ticket
        self.device = device

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
        self.desk.left(self)

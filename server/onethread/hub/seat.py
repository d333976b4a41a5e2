"""What a desk and its inbox need of the consoles at it, and the inbox of the desk."""

from typing import Protocol

from onethread.agents.account import Account
from onethread.agents.roster import Roster
from onethread.hub.connection import Connection
from onethread.hub.staff import Ticket
from onethread.identity.organization import Organization
from onethread_protocol.people import Named


class Seat(Protocol):
    """An agent's connection, as its desk sees it (implemented by console.py)."""

    @property
    def account(self) -> Account:
        """The agent, as the roster has it."""

    @property
    def connection(self) -> Connection:
        """The connection."""

    @property
    def ticket(self) -> Ticket:
        """The session that it came with."""

    def verify(self, roster: Roster, *, is_open: bool) -> None:
        """End the connection unless its agent is still there and its session holds."""


class Team(Protocol):
    """The organization and its agents, as the inbox sees them (implemented by desk.py)."""

    @property
    def org(self) -> str:
        """The organization's slug."""

    @property
    def organization(self) -> Organization:
        """The organization, as it is now."""

    def named(self, agent: str) -> Named | None:
        """Return an agent as others are told of it; None for nobody, ""."""

"""From an agent_init frame to `ready` (WIRE.md section 3).

Look up the session, subscribe the desk, read: a session that ends, or an agent who is removed, in between is
seen by the check that entering the desk makes.
"""

from collections.abc import Callable
from typing import Final

from msgspec import UNSET

from onethread.agents.account import Account, agent_view
from onethread.agents.presence import online
from onethread.agents.session import holder
from onethread.hub.clock import now_ms
from onethread.hub.connection import Connection
from onethread.hub.console import Console
from onethread.hub.desk import Desk
from onethread.hub.desks import Desks
from onethread.hub.staff import SessionStore, Ticket
from onethread.hub.surroundings import Addresses, Directory
from onethread_protocol import agent, server
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError

BAD_SESSION: Final = ProtocolError(401, "bad_credentials", "`org` and the session don't belong together.")


class Entrance:
    """Lets agents in; `heartbeat_ms` is what `ready` tells of it."""

    def __init__(
        self,
        sessions: SessionStore,
        directory: Directory,
        desks: Desks,
        addresses: Addresses,
        heartbeat_ms: int,
    ) -> None:
        self._sessions = sessions
        self._directory = directory
        self._desks = desks
        self._addresses = addresses
        self._heartbeat_ms = heartbeat_ms

    async def join(
        self, connection: Connection, init: agent.AgentInit, admitted: Callable[[Console], None]
    ) -> None:
        """Answer an agent_init; `admitted` is called before `ready` is written. StoreFailure: it may be
        repeated."""
        wait = self._addresses.init(connection.peer.address)
        if wait:
            connection.too_many(init, wait)
            return
        token = connection.peer.session_token if init.token is UNSET else init.token
        ticket = await self._sessions.ticket(token) if token else None
        organization = await self._directory.organization(init.org)
        if ticket is None or organization is None or ticket.org != organization.org:
            self._turn_away(connection, init)
            return
        async with self._desks.host(organization) as desk:
            account = holder(ticket.session, desk.roster, now_ms())
            if account is None:
                self._turn_away(connection, init)
                return
            await self._enter(connection, init, desk, account, ticket, admitted)

    async def _enter(
        self,
        connection: Connection,
        init: agent.AgentInit,
        desk: Desk,
        account: Account,
        ticket: Ticket,
        admitted: Callable[[Console], None],
    ) -> None:
        console = Console(connection, desk, account, ticket, init.device)
        await desk.enter(console)
        if connection.over:
            desk.left(console)
            return
        admitted(console)
        connection.expire_at(ticket.session.expires_at)
        connection.write(
            server.Ready(
                session=connection.id,
                org=desk.org,
                role="agent",
                agents_online=online(desk.there),
                heartbeat_ms=self._heartbeat_ms,
                agent=agent_view(console.account),
                ref=init.ref,
            )
        )
        connection.write(desk.presence())

    def _turn_away(self, connection: Connection, init: agent.AgentInit) -> None:
        wait = self._addresses.refusal(connection.peer.address)
        if wait:
            connection.too_many(init, wait)
            return
        connection.refuse(BAD_SESSION, frame=init)
        connection.end(Close.UNAUTHORIZED)

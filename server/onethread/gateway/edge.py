"""What all connections of one hub share, and how they all end."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Final, Protocol, Self

from onethread.gateway.counters import Traffic
from onethread.gateway.flusher import Flusher
from onethread.gateway.heartbeat import Heartbeat
from onethread.gateway.limits import ConnectionLimit
from onethread.gateway.rules import Rules
from onethread_protocol.codes import Close

CLOSE_WAIT: Final = 5.0
"""Seconds that a peer has to take what is still held for it and to answer our close frame."""
ABORT_WAIT: Final = 1.0
"""Seconds until those that were aborted have been told; a turn of the loop or two, unless it is busy."""


class Connection(Protocol):
    """A connection as the edge sees it: a Peer that takes part in the heartbeat."""

    @property
    def address(self) -> str:
        """The client's address, after trusted proxies."""

    def beat(self) -> None:
        """See onethread.gateway.heartbeat.Beating."""

    def close(self, code: int, reason: str = "") -> None:
        """See onethread.hub.peer.Peer."""

    def abort(self, code: int) -> None:
        """See onethread.hub.peer.Peer."""


class Edge:
    """The shared parts of a hub's connections; as a context manager it lets the heart beat.

    `bound` is the most bytes held for one peer, `heartbeat` the seconds between two pings,
    `connections_per_address` 0 for no limit. `draining` makes handshakes fail with HTTP 503.
    """

    # One attribute a shared part; a connection then holds one reference instead of seven.
    __slots__ = (
        "_all_gone",
        "_beating",
        "_spare_rules",
        "bound",
        "close_wait",
        "connections",
        "draining",
        "flusher",
        "per_address",
        "traffic",
    )

    def __init__(
        self,
        *,
        bound: int,
        heartbeat: float,
        connections_per_address: int,
        close_wait: float = CLOSE_WAIT,
    ) -> None:
        self.bound = bound
        self.close_wait = close_wait
        self.connections: Heartbeat[Connection] = Heartbeat(heartbeat)
        self.per_address = ConnectionLimit(connections_per_address)
        self.flusher = Flusher()
        self.traffic = Traffic()
        self.draining = False
        self._spare_rules: Rules | None = None
        self._beating: asyncio.Task[None] | None = None
        self._all_gone: asyncio.Event | None = None

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self.connections.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
        await self.end()

    def admit(self, connection: Connection) -> bool:
        """Count a new connection in; False if its address has as many as it may: close it with 4429."""
        self.traffic.accepted += 1
        if not self.per_address.enter(connection.address):
            self.traffic.refused += 1
            return False
        self.traffic.open += 1
        self.connections.add(connection)
        return True

    def ended(self, connection: Connection, code: int) -> None:
        """Count a connection out, admitted or not."""
        self.traffic.closed(code)
        if self.connections.remove(connection):
            self.traffic.open -= 1
            self.per_address.leave(connection.address)
        if self._all_gone is not None and not self.traffic.open:
            self._all_gone.set()

    def borrow_rules(self) -> Rules:
        """Fresh rules, between two frames; give them back if they still are."""
        rules, self._spare_rules = self._spare_rules, None
        return rules or Rules()

    def give_back(self, rules: Rules) -> None:
        """Take rules back that are between two frames, with no message open and no close frame seen."""
        if self._spare_rules is None:
            self._spare_rules = rules
        else:
            rules.drop()

    async def end(self) -> None:
        """Close all connections with 1012 and return when they are gone, soon after the close wait."""
        for connection in self.connections:
            connection.close(Close.RESTART)
        if not await self._gone_within(self.close_wait):
            for connection in self.connections:
                connection.abort(Close.RESTART)
            await self._gone_within(ABORT_WAIT)

    async def _gone_within(self, seconds: float) -> bool:
        self._all_gone = asyncio.Event()
        if self.traffic.open:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_gone.wait(), seconds)
        return not self.traffic.open

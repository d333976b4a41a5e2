"""What a hub is put into: the interfaces that gateway and store implement for it, and its limits."""

from typing import Protocol

import msgspec

from onethread.contacts.listing import Listing
from onethread.hub.carry import CarryStore
from onethread.hub.counters import Counters
from onethread.hub.hosting import Channels
from onethread.hub.log import ThreadStore
from onethread.hub.office import AgentStore
from onethread.hub.staff import SessionStore
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint


class CustomerStore(ThreadStore, CarryStore, Protocol):
    """All that customers' connections ask of the store."""


class Addresses(Protocol):
    """How much one address may do. Implemented by the gateway."""

    def init(self, address: str) -> int:
        """Count an init; 0, or after how many milliseconds another is taken."""

    def refusal(self, address: str) -> int:
        """Count a refused identity; likewise."""


class Directory(Protocol):
    """The organizations. Implemented by the store."""

    async def organization(self, org: str) -> Organization | None:
        """Return the organization, None if there is none. StoreFailure: nobody knows."""

    async def latest(self, org: str) -> Organization | None:
        """Return it with whatever was changed before the call. StoreFailure: nobody knows."""

    async def removed(self, org: str) -> bool:
        """Tell whether it was removed from a store that has lost nothing else. StoreFailure: nobody knows."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection may do. Seconds, and sends a second (0: no limit)."""

    sends_per_second: float
    send_burst: int
    heartbeat: float
    init_timeout: float
    drain: float

    @property
    def heartbeat_ms(self) -> int:
        """The heartbeat as clients are told of it."""
        return int(self.heartbeat * 1000)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Put together by the app."""

    store: CustomerStore
    agents: AgentStore
    listing: Listing
    sessions: SessionStore
    channels: Channels
    directory: Directory
    addresses: Addresses
    mint: TokenMint
    limits: Limits
    counters: Counters

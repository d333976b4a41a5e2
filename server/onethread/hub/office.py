"""What the agents of all organizations work with at this hub, in one place."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import msgspec

from onethread.contacts.listing import Listing
from onethread.hub.agent_store import AgentThreadStore
from onethread.hub.counters import Counters
from onethread.hub.hosting import Channels, Hosting
from onethread.hub.inbox_store import InboxStore
from onethread.hub.log import ThreadStore
from onethread.hub.replay import Replay
from onethread.hub.staff import StaffStore
from onethread.hub.viewers import Viewers
from onethread_protocol.customer import Resume


class AgentStore(StaffStore, AgentThreadStore, InboxStore, Protocol):
    """All that agents' connections ask of the store, beside what customers' do."""


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """Composed by the hub. `spawn` does work beside everything else, `replay` runs a replay to its end."""

    hub: str
    store: ThreadStore
    agents: AgentStore
    listing: Listing
    channels: Channels
    threads: Hosting
    viewers: Viewers
    counters: Counters
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    replay: Callable[[Replay, Resume | None, int], None]

"""Which agents have a thread open: kept up by their hubs, as devices are (presence.py)."""

import asyncio
from typing import Final

from onethread.hub.admission import Admission
from onethread.hub.agent_store import AgentThreadStore
from onethread.hub.hosting import Hosting
from onethread.hub.log import StoreFailure
from onethread.hub.thread import Thread
from onethread_protocol.people import Device

AT_ONCE: Final = 200
"""Threads refreshed at a time, so that other commands get in between."""
NO_DEVICE: Final = Device(id="", kind="other")
"""An agent's admission is none of the customer's devices, whose logout it must not heed."""


class Opened(Admission):
    """An agent's admission to a thread that it has opened: one entry of its connection's."""

    __slots__ = ("agent",)

    agent: str


class Viewers:
    """The agents of this hub that have threads open."""

    def __init__(self, store: AgentThreadStore, threads: Hosting, hub: str) -> None:
        self._store = store
        self._threads = threads
        self._hub = hub

    async def refresh(self) -> None:
        """Keep this hub's viewers, and let those of killed hubs fade."""
        watched = [thread for thread in self._threads if thread.agents is not None and here(thread)]
        for i in range(0, len(watched), AT_ONCE):
            await asyncio.gather(*(self._stay(thread, ()) for thread in watched[i : i + AT_ONCE]))

    async def left(self, thread: Thread, agent: str) -> None:
        """Take an agent off unless it has the thread open on another connection here."""
        if agent not in here(thread):
            await self._stay(thread, (agent,))

    async def _stay(self, thread: Thread, left: tuple[str, ...]) -> None:
        try:
            await self._store.watch(thread.keys, self._hub, here(thread), left)
        except StoreFailure:
            return  # the next refresh says it again, and who left fades


def here(thread: Thread) -> list[str]:
    """Return the agents that have the thread open at this hub."""
    return sorted({one.agent for one in thread.admissions if isinstance(one, Opened)})

"""How many agents are there, as customers are told: asked for by every hub that has customers."""

from typing import Final

from onethread.agents.presence import online
from onethread.hub.hosting import Hosting
from onethread.hub.log import StoreFailure
from onethread.hub.signals import tell
from onethread.hub.staff import StaffStore
from onethread_protocol import server

ASK_EVERY: Final = 5.0
"""Seconds between two looks: customers hear of agents at most that often (WIRE.md section 4)."""


class Attendance:
    """Counts of agents online by organization, a few seconds old."""

    def __init__(self, staff: StaffStore, threads: Hosting, hub: str) -> None:
        self._staff = staff
        self._threads = threads
        self._hub = hub
        self._online: dict[str, int] = {}

    async def meet(self, org: str) -> None:
        """Have the count of an organization, from now on for as long as it has customers here."""
        if org not in self._online:
            self._online[org] = online(await self._staff.attend(org, self._hub, ()))

    def online(self, org: str) -> int:
        """Return how many agents are online; of an organization that `meet` was not called for, 0."""
        return self._online.get(org, 0)

    async def refresh(self) -> None:
        """Ask for every organization with customers here, and tell them where it is another number."""
        here = {thread.keys.org for thread in self._threads if thread.admissions or thread.joining}
        for org in tuple(self._online):
            if org not in here:
                del self._online[org]
        for org in here:
            await self._ask(org)

    async def _ask(self, org: str) -> None:
        try:
            count = online(await self._staff.attend(org, self._hub, ()))
        except StoreFailure:
            return  # the next look sees it
        if count != self._online.get(org):
            self._online[org] = count
            frame = server.Presence(agents_online=count)
            for thread in self._threads:
                if thread.keys.org == org:
                    tell(thread, frame, to="customer")

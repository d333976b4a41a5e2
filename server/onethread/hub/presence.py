"""Which devices are online: kept up by their hubs, so that a killed hub's fade (DESIGN.md section 3)."""

import asyncio
from typing import Final

from onethread.hub.hosting import Hosting
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Arrival, StoreFailure, ThreadStore
from onethread.hub.thread import Thread

REFRESH_EVERY: Final = 12.0
"""Seconds between two words for a device; the store lets it fade after three that did not come."""
AT_ONCE: Final = 50
"""Threads refreshed at a time: some 200 µs of the store, so that other commands get in between."""


class Presence:
    """The devices that this hub has connections of."""

    def __init__(self, store: ThreadStore, threads: Hosting, hub: str) -> None:
        self._store = store
        self._threads = threads
        self._hub = hub

    async def refresh(self) -> None:
        """Keep every device of this hub online, and let those of killed hubs fade."""
        by_slot: dict[str, list[Thread]] = {}
        for thread in self._threads:
            if thread.stored and thread.admissions:
                by_slot.setdefault(thread.keys.prefix, []).append(thread)
        for threads in by_slot.values():
            for i in range(0, len(threads), AT_ONCE):
                await self._refresh({thread.keys: thread for thread in threads[i : i + AT_ONCE]})

    async def _refresh(self, threads: dict[ThreadKeys, Thread]) -> None:
        present = [(keys, self._here(thread)) for keys, thread in threads.items()]
        try:
            due = await self._store.refresh(self._hub, present)
        except StoreFailure:
            return  # the next refresh says it again
        await asyncio.gather(*(self._stay(threads[keys], ()) for keys in due))

    async def arrived(self, thread: Thread) -> None:
        """Note the devices of a thread that was not stored when they joined."""
        for admission in tuple(thread.admissions):
            if admission.audience == "agent":
                continue
            device = admission.device
            arrival = Arrival(
                hub=self._hub, device=device.id, kind=device.kind, name=device.name or "", tail=0, size=0
            )
            known = thread.devices
            try:
                joined = await self._store.join(thread.keys, arrival)
            except StoreFailure:
                return
            if joined is not None:
                thread.meet_devices(known, joined.devices)

    async def left(self, thread: Thread, device: str) -> None:
        """Take a device off unless another connection of it is here."""
        if thread.stored and device not in self._here(thread):
            await self._stay(thread, (device,))

    async def _stay(self, thread: Thread, left: tuple[str, ...]) -> None:
        try:
            await self._store.stay(thread.keys, self._hub, self._here(thread), left)
        except StoreFailure:
            return  # the next refresh says it again, and what left fades

    @staticmethod
    def _here(thread: Thread) -> list[str]:
        customers = (one for one in thread.admissions if one.audience == "customer")
        return sorted({admission.device.id for admission in customers})

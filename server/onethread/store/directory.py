"""Organizations as hubs look them up: once for every init, so from memory most of the time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from onethread.identity.organization import Organization
from onethread.store.errors import StoreError, StoreUnavailable

# How soon an administrator's change reaches every hub; 1,000 inits a second then cost one read in 2 s.
FRESH_SECONDS = 2.0
# While the store is away: an init needs it anyway, so that what is held only keeps wrong credentials a 401.
STALE_SECONDS = 60.0
# Names come from clients, so what is unknown must not pile up; a deployment has a few organizations.
HELD = 1_000


class Entry(NamedTuple):
    """What the store said at `read_at`: the organization, or that there is none."""

    organization: Organization | None
    read_at: float


class Directory:
    """Look-ups of organizations by name, held for 2 seconds, unknown names too; 1,000 at most.

    `find` reads one from the store (`Organizations.find`); for a name it runs once at a time, however many
    ask. `intact` tells whether the store still is the one that hubs have written to. `clock` counts seconds.
    """

    def __init__(
        self,
        find: Callable[[str], Awaitable[Organization | None]],
        intact: Callable[[], Awaitable[bool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._intact = intact
        self._clock = clock
        self._held: OrderedDict[str, Entry] = OrderedDict()
        self._reads: dict[str, asyncio.Task[Entry]] = {}

    async def organization(self, org: str) -> Organization | None:
        """The organization, at most 2 s old (60 s while the store is away); None if there is none.

        Raises StoreUnavailable when the store can't be asked and nothing is held.
        """
        held = self._held.get(org)
        if held and self._age(held) < FRESH_SECONDS:
            return held.organization
        return await self._asked(org)

    async def latest(self, org: str) -> Organization | None:
        """As `organization`, with all that was changed before the call: before somebody is refused.

        Raises StoreUnavailable.
        """
        if begun := self._reads.get(org):
            await asyncio.wait([begun])  # it may have read before the change
        return await self._asked(org)

    async def removed(self, org: str) -> bool:
        """Whether there is no such organization any more, read now; false of a store that lost everything.

        Raises StoreUnavailable.
        """
        try:
            return (await self._fresh(org)).organization is None and await self._intact()
        except StoreError as error:
            raise StoreUnavailable("the store does not answer") from error

    async def _asked(self, org: str) -> Organization | None:
        try:
            return (await self._fresh(org)).organization
        except StoreError as error:
            held = self._held.get(org)
            if held and self._age(held) < STALE_SECONDS:
                return held.organization
            raise StoreUnavailable("the store does not answer") from error

    async def _fresh(self, org: str) -> Entry:
        # Shielded: the one who began the read may be cancelled, and others wait for it.
        return await asyncio.shield(self._reads.get(org) or self._begin(org))

    def _begin(self, org: str) -> asyncio.Task[Entry]:
        task = self._reads[org] = asyncio.ensure_future(self._read(org))
        task.add_done_callback(lambda done: self._end(org, done))
        return task

    async def _read(self, org: str) -> Entry:
        entry = Entry(await self._find(org), self._clock())
        self._held[org] = entry
        self._held.move_to_end(org)
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return entry

    def _end(self, org: str, task: asyncio.Task[Entry]) -> None:
        del self._reads[org]
        if not task.cancelled():
            task.exception()  # looked at, for when everybody who waited is gone

    def _age(self, entry: Entry) -> float:
        return self._clock() - entry.read_at

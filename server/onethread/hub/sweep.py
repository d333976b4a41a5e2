"""Finishes the carries that were interrupted: by a hub that died, or a store that went away."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

from onethread.hub.carry import Carry, CarryStore
from onethread.hub.log import StoreFailure
from onethread.hub.profiles import NOBODY
from onethread.identity.organization import Organization

SWEEP_EVERY: Final = 30.0
"""Seconds between two looks. A carry under way is found too: its steps may be done twice, so that does no
harm."""


class SweepStore(CarryStore, Protocol):
    """The steps of a carry, and which ones are unfinished."""

    async def unfinished(self, org: str, shard: int) -> list[tuple[str, str]]:
        """Return the source and destination of every carry of this shard that is not finished."""


class Sweep:
    """Looks through all organizations, as `organizations` gives them."""

    def __init__(self, store: SweepStore, organizations: Callable[[], Awaitable[list[Organization]]]) -> None:
        self._store = store
        self._organizations = organizations

    async def run(self) -> None:
        """Finish what is unfinished; what the store prevents is left to the next time."""
        try:
            for organization in await self._organizations():
                for shard in range(organization.shards):
                    for source, to in await self._store.unfinished(organization.org, shard):
                        await self._finish(organization, source, to)
        except StoreFailure:
            return

    async def _finish(self, organization: Organization, source: str, to: str) -> None:
        with suppress(StoreFailure):  # one that can't be finished must not keep the others from it
            await Carry(self._store, organization, NOBODY).run(source, to)

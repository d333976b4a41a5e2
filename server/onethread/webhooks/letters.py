"""A webhook over all shards of its organization: how it stands with it, and its dead letters."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from onethread.identity.ids import is_thread, shard_of
from onethread.identity.organization import Organization
from onethread.webhooks.outbox import DeadLetter, Lane, OutboxStore, Standing


class Place(NamedTuple):
    """Where a page ended: when its last letter was given up, and in which shard."""

    failed_at: int
    shard: int


class Letters:
    """Dead letters of webhooks. Everything raises StoreFailure."""

    def __init__(self, outbox: OutboxStore) -> None:
        self._outbox = outbox

    async def standing(self, organization: Organization, webhook: str) -> Standing:
        """Return how it stands with a webhook; `why` is of its last failure."""
        lanes = _lanes(organization, webhook)
        found = await asyncio.gather(*(self._outbox.standing(lane) for lane in lanes))
        failed = max(found, key=lambda one: one.failed_at)
        return Standing(
            waiting=sum(one.waiting for one in found),
            dead=sum(one.dead for one in found),
            told_at=max(one.told_at for one in found),
            failed_at=failed.failed_at,
            why=failed.why,
        )

    async def page(
        self, organization: Organization, webhook: str, after: Place | None, limit: int
    ) -> tuple[list[DeadLetter], Place | None]:
        """Return letters after a place, the newest first, and the place where there are more."""
        lanes = _lanes(organization, webhook)
        found = await asyncio.gather(
            *(self._outbox.letters(lane, _before(after, lane.shard), limit + 1) for lane in lanes)
        )
        letters = sorted((one for some in found for one in some), key=_place, reverse=True)
        more = _place(letters[limit - 1]) if len(letters) > limit else None
        return letters[:limit], more

    async def revive(self, organization: Organization, webhook: str, letter: str) -> bool:
        """Have a letter told again, by its name; false: there is none of this name."""
        thread, _, id_ = letter.partition(":")
        if not is_thread(thread) or shard_of(thread) >= organization.shards:
            return False
        return await self._outbox.revive(Lane(organization.org, shard_of(thread), webhook), thread, id_)

    async def revive_all(self, organization: Organization, webhook: str) -> int:
        """Have all told again, and what waits tried now; how many they were."""
        lanes = _lanes(organization, webhook)
        return sum(await asyncio.gather(*(self._outbox.revive_all(lane) for lane in lanes)))


def name_of(letter: DeadLetter) -> str:
    """Return the name by which a letter can be told again."""
    return f"{letter.thread}:{letter.id}"


def _lanes(organization: Organization, webhook: str) -> list[Lane]:
    return [Lane(organization.org, shard, webhook) for shard in range(organization.shards)]


def _place(letter: DeadLetter) -> Place:
    return Place(letter.failed_at, shard_of(letter.thread))


def _before(after: Place | None, shard: int) -> int | None:
    """Return before when a shard's letters follow a place; of one moment, the higher shard's come first."""
    if after is None:
        return None
    return after.failed_at + (1 if shard < after.shard else 0)

"""The lanes of all organizations at this hub: begun and ended as webhooks come and go.

Every hub looks at all organizations' webhooks every 2 seconds. It sees to it that the shards know of them,
has a Telling for each lane (which of several hubs tells is the store's to say), and drops what is left of
webhooks that were removed. So whatever another hub did not get to is done.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

import structlog

from onethread.hub.clock import every
from onethread.hub.counters import Counters
from onethread.hub.log import StoreFailure
from onethread.identity.organization import Organization
from onethread.webhooks.outbox import Lane, OutboxStore
from onethread.webhooks.record import Webhooks
from onethread.webhooks.telling import Caller, Names, Telling

log = structlog.get_logger("onethread.webhooks")

LOOK_EVERY: Final = 2.0
"""Seconds until a hub has heard of another's change."""
SLOTS: Final = 16
"""Calls of one webhook at a time: if each takes 50 ms, 300 a second. A lane has its share, 2 at least."""


class Registry(Protocol):
    """The webhooks of organizations. Raises StoreFailure."""

    async def everything(self) -> list[tuple[Organization, Webhooks]]:
        """Return every organization that has, or had, webhooks."""

    async def announce(self, organization: Organization, webhooks: Webhooks) -> None:
        """Tell every shard of the organization which webhooks there are."""

    async def clear(self, organization: Organization, webhook: str) -> None:
        """Drop what is left of a webhook that was removed."""


class _Running(NamedTuple):
    telling: Telling
    task: asyncio.Task[None]


class Dispatcher:
    """Runs until cancelled."""

    def __init__(
        self, registry: Registry, outbox: OutboxStore, caller: Caller, names: Names, counters: Counters
    ) -> None:
        self._hub = secrets.token_urlsafe(6)
        self._registry = registry
        self._outbox = outbox
        self._caller = caller
        self._names = names
        self._counters = counters
        self._running: dict[Lane, _Running] = {}

    async def run(self) -> None:
        """Tell all webhooks; cancelled, finish what is under way."""
        try:
            await self._look()
            await every(LOOK_EVERY, self._look)
        finally:
            await self._end(self._running)

    async def _look(self) -> None:
        try:
            found = await self._registry.everything()
            for organization, webhooks in found:
                await self._registry.announce(organization, webhooks)
            await self._follow(found)
            for organization, webhooks in found:
                for id_ in webhooks.webhooks.keys() - webhooks.live.keys():
                    await self._registry.clear(organization, id_)
        except StoreFailure:
            return  # the next look does it
        except Exception:
            # One document that can't be read must not end what tells all the others.
            log.exception("webhooks_look_failed")

    async def _follow(self, found: list[tuple[Organization, Webhooks]]) -> None:
        lanes = {
            Lane(organization.org, shard, webhook.id): (webhook, organization.shards)
            for organization, webhooks in found
            for webhook in webhooks.live.values()
            for shard in range(organization.shards)
        }
        await self._end({lane: running for lane, running in self._running.items() if lane not in lanes})
        for lane, (webhook, shards) in lanes.items():
            if lane in self._running:
                self._running[lane].telling.webhook = webhook
                continue
            telling = Telling(
                lane,
                webhook,
                hub=self._hub,
                slots=max(SLOTS // shards, 2),
                outbox=self._outbox,
                caller=self._caller,
                names=self._names,
                counters=self._counters,
            )
            self._running[lane] = _Running(telling, asyncio.create_task(telling.run()))

    async def _end(self, ended: Mapping[Lane, _Running]) -> None:
        tasks = [running.task for running in ended.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for lane in tuple(ended):
            del self._running[lane]

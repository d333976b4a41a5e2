"""Before a process works: its store is there, is this installation's, and has the demo organization."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import Final

import structlog

from onethread import demo
from onethread.connections import StoreConnections
from onethread.hub.clock import keep
from onethread.settings import SettingsError
from onethread.storage import Storage
from onethread.store.errors import StoreError

STORE_WAIT: Final = 5.0
"""Seconds that a start waits for the store. Then it serves without: inits are answered 503 until it is
there."""

log = structlog.get_logger(__name__)


class Preparation:
    """Begun by `start`; a store that comes later is waited for by `follow`."""

    def __init__(self, connections: StoreConnections, storage: Storage, *, with_demo: bool) -> None:
        self._connections = connections
        self._storage = storage
        self._with_demo = with_demo
        self._first: asyncio.Task[None]

    async def start(self, stack: AsyncExitStack) -> None:
        """Prepare, for at most STORE_WAIT. SettingsError: the store was made with another server key."""
        self._first = keep(stack, self._prepare())
        await asyncio.wait([self._first], timeout=STORE_WAIT)
        if self._first.done():
            await self._first
        else:
            log.warning("store_unavailable", reason=self.trouble)

    @property
    def trouble(self) -> str:
        """Why the start did not wait any longer, for a person; empty if all was prepared."""
        if self._first.done():
            return ""
        return self._connections.trouble or "the store does not answer"

    async def follow(self) -> None:
        """Return once all is prepared, however long that takes. SettingsError: as of `start`."""
        preparing: Awaitable[None] = self._first
        while True:
            try:
                return await preparing
            except StoreError:
                await asyncio.sleep(STORE_WAIT)
                preparing = self._prepare()

    async def _prepare(self) -> None:
        await self._connections.ready()
        if not await self._storage.claim():
            raise SettingsError("ONETHREAD_SECRET_KEY: the store was made with another server key")
        if self._with_demo:
            await demo.ensure(self._storage.organizations(), self._storage.accounts())

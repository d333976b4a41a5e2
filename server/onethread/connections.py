"""A process's two connections to the store, and whether the store is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from typing import Final, Self

import structlog

from onethread.store.errors import StoreError
from onethread.store.link import Link
from onethread.store.scripts import all_scripts
from onethread.store.subscriber import Subscriber

ANSWER_WAIT: Final = 1.0
"""Seconds that the store may take for a PING."""

log = structlog.get_logger(__name__)


class StoreConnections:
    """`link` for what is asked of the store, `subscriber` for what is heard from it; use as `async with`.

    `on_message` and `on_gap` are the subscriber's. `on_connected` is called whenever the link stands: the
    store may have come back from an older file. That the store is lost, and back, is logged.
    """

    def __init__(
        self,
        url: str,
        *,
        on_message: Callable[[bytes, bytes], None],
        on_gap: Callable[[Collection[bytes]], None],
        on_connected: Callable[[], None],
    ) -> None:
        self.link = Link(url, scripts=all_scripts(), on_connected=self._stands, on_lost=self._lost)
        self.subscriber = Subscriber(url, on_message=on_message, on_gap=on_gap)
        self._on_connected = on_connected
        self._away = False
        self._ending = False
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self.link)
        await self._open.enter_async_context(self.subscriber)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ending = True
        await self._open.aclose()

    @property
    def trouble(self) -> str:
        """Why one of them does not stand, for a person; empty while both do."""
        return self.link.trouble or self.subscriber.trouble

    async def ready(self) -> None:
        """Return once both stand, however long that takes."""
        await self.link.ready()
        await self.subscriber.ready()

    async def answers(self) -> bool:
        """Tell whether both stand and the store answers within ANSWER_WAIT."""
        if not self.link.connected or not self.subscriber.connected:
            return False
        try:
            await asyncio.wait_for(self.link.command("PING", idempotent=True), ANSWER_WAIT)
        except (StoreError, TimeoutError):
            return False
        return True

    def _stands(self) -> None:
        if self._away:
            self._away = False
            log.warning("store_back")
        self._on_connected()

    def _lost(self, error: StoreError) -> None:
        if self._ending:
            return
        self._away = True
        log.warning("store_lost", reason=str(error))

"""One lane, told by this hub: takes what is due, calls the webhook, and notes what came of it.

Of each thread one record at a time, so that a thread's are told in order; of several threads at once. What
fails holds up its own thread only (schedule.py). Nobody who sends a message waits for anything here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Protocol

import structlog

from onethread.hub.clock import now_ms
from onethread.hub.counters import Counters
from onethread.hub.log import StoreFailure
from onethread.webhooks.outbox import Due, Lane, OutboxStore, Outcome
from onethread.webhooks.payload import body_of
from onethread.webhooks.record import Webhook
from onethread.webhooks.schedule import retry_after
from onethread.webhooks.signature import signed
from onethread_protocol.people import Named

POLL: Final = 0.2
"""Seconds between two looks for what is due, while a lane has nothing to tell."""
ELSEWHERE: Final = 2.0
"""Seconds between two looks whether another hub has given the lane up, or the store is back."""
FINISH: Final = 2.0
"""Seconds that calls under way have when the hub stops."""

log = structlog.get_logger("onethread.webhooks")


class Caller(Protocol):
    """Calls a URL."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> str:
        """Send JSON; return "" if it was taken, else why not."""


class Names(Protocol):
    """Agents' names. Raises StoreFailure."""

    async def named(self, org: str, agent: str) -> Named:
        """Return an agent as others are told of it."""


class Telling:
    """A lane while this hub runs; at most `slots` calls at a time. `webhook` may be changed."""

    def __init__(
        self,
        lane: Lane,
        webhook: Webhook,
        *,
        hub: str,
        slots: int,
        outbox: OutboxStore,
        caller: Caller,
        names: Names,
        counters: Counters,
    ) -> None:
        self.webhook = webhook
        self._lane = lane
        self._hub = hub
        self._slots = slots
        self._outbox = outbox
        self._caller = caller
        self._names = names
        self._counters = counters
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Tell until cancelled; then finish what is under way, and give the lane back."""
        try:
            while True:
                try:
                    await self._turn()
                except StoreFailure:
                    await asyncio.sleep(ELSEWHERE)
                except Exception:
                    log.exception("webhook_failed", org=self._lane.org, webhook=self._lane.webhook)
                    await asyncio.sleep(ELSEWHERE)
        finally:
            await self._finish()

    async def _turn(self) -> None:
        self._ended.clear()  # before the look: what ends meanwhile leads to another one
        due = await self._outbox.take(self._lane, self._hub, self._slots - len(self._under_way))
        if due is None:
            await asyncio.sleep(ELSEWHERE)
            return
        for each in due:
            task = asyncio.create_task(self._tell(each))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._ended.wait()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._ended.set()

    async def _tell(self, due: Due) -> None:
        outcome = Outcome("again")
        try:
            outcome = self._outcome(due, await self._try(due))
        except StoreFailure:
            pass
        except Exception:
            # Whatever a library makes of a stranger's answer must not hold the thread up for ever.
            log.exception("webhook_failed", org=self._lane.org, webhook=self._lane.webhook, id=due.id)
            outcome = self._outcome(due, "a mistake of the server's; its log tells more")
        finally:
            # When the store is away it is told again, after the time for which it was taken.
            with suppress(StoreFailure):
                await self._outbox.settle(self._lane, due, outcome)

    async def _try(self, due: Due) -> str | None:
        """Return why it failed, "" if it was told; None when there is nothing to be told any more."""
        org, webhook = self._lane.org, self.webhook
        assignee = await self._names.named(org, due.assignee) if due.assignee else None
        body = body_of(org, due, assignee)
        if body is None:
            return None
        now = now_ms()
        return await self._caller.post(webhook.url, signed(due.id, body, webhook.secrets_at(now), now), body)

    def _outcome(self, due: Due, why: str | None) -> Outcome:
        if why is None:
            return Outcome("dropped")
        if not why:
            self._counters.webhooks_told += 1
            return Outcome("told")
        self._counters.webhooks_failed += 1
        delay = retry_after(due.tries + 1, due.now - due.at)
        if delay is not None:
            return Outcome("later", delay, why)
        self._counters.webhooks_dead += 1
        log.warning("webhook_gave_up", org=self._lane.org, webhook=self._lane.webhook, id=due.id, reason=why)
        return Outcome("dead", why=why)

    async def _finish(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        with suppress(StoreFailure):
            await self._outbox.release(self._lane, self._hub)

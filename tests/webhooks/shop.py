"""An organization with a webhook in a real store, and a thread of it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from onethread.hooks import RosterNames, StoredRegistry
from onethread.hub.clock import now_ms
from onethread.hub.counters import Counters
from onethread.identity.organization import Organization
from onethread.store.carries import Carries
from onethread.store.organizations import AdminClient, Organizations, open_admin_client
from onethread.store.outbox import Outbox
from onethread.store.sessions import Sessions
from onethread.store.webhooks import WebhookRecords
from onethread.webhooks.client import Client
from onethread.webhooks.dispatcher import Dispatcher
from onethread.webhooks.outbox import DeadLetter, Due, Lane, Outcome
from onethread.webhooks.record import EventType, Webhook, add, end, new_webhook
from tests.store.thread_log import ThreadLog, new_log
from tests.webhooks.test_addresses import LOOPBACK

HUB = "hub-1"
TOLD = Outcome("told")


class Shop:
    """What is taken from the outbox is not given again unless a test settles it so."""

    def __init__(self, organization: Organization, log: ThreadLog, client: AdminClient) -> None:
        self.organization = organization
        self.log = log
        self.records = WebhookRecords(client, log.link)
        self.outbox = Outbox(log.link)
        self.counters = Counters()
        self._client = client
        self._logs = [log]

    async def hook(self, *events: EventType, url: str = "https://shop.example/hooks") -> Webhook:
        """Add a webhook, and go on with a hub that has not held yet that there is none."""
        webhook = new_webhook(url, events, now_ms())
        await self.records.edit(self.organization, lambda webhooks: add(webhooks, webhook))
        for log in self._logs:
            log.store = Carries(log.link)
        return webhook

    async def remove(self, webhook: Webhook) -> None:
        """Remove it, as administrators do."""
        await self.records.edit(self.organization, lambda webhooks: end(webhooks, webhook.id))

    def lane(self, webhook: Webhook, shard: int = 0) -> Lane:
        """The webhook's lane."""
        return Lane(self.organization.org, shard, webhook.id)

    async def take(self, webhook: Webhook, limit: int = 100, hub: str = HUB) -> list[Due]:
        """Take what is due."""
        due = await self.outbox.take(self.lane(webhook), hub, limit)
        assert due is not None
        return due

    async def drain(self, webhook: Webhook) -> list[Due]:
        """Everything that it is told, in this order; nothing is left."""
        found: list[Due] = []
        while due := await self.take(webhook):
            for each in due:
                await self.outbox.settle(self.lane(webhook), each, TOLD)
            found += due
        return found

    async def fail(self, webhook: Webhook, outcome: Outcome) -> None:
        """What is due now comes to this."""
        for due in await self.take(webhook):
            await self.outbox.settle(self.lane(webhook), due, outcome)
        await self.outbox.release(self.lane(webhook), HUB)

    async def letters(self, webhook: Webhook) -> list[DeadLetter]:
        """All that was given up, newest first, two at a time."""
        found: list[DeadLetter] = []
        page: Sequence[DeadLetter] = ()
        while page := await self.outbox.letters(self.lane(webhook), page[-1].failed_at if page else None, 2):
            found += page
        return found

    async def beside(self, thread: str) -> ThreadLog:
        """Another thread of the organization, stored."""
        self._logs.append(ThreadLog(self.log.link, self.organization.org, thread))
        return await self._logs[-1].create()

    async def keys(self) -> set[str]:
        """What the store holds for webhooks in the shard."""
        keys = await self.log.link.command("KEYS", f"{{{self.organization.org}:0}}:webhook:*")
        return {key.decode().partition(":webhook:")[2].partition(":")[2] for key in keys}

    async def hasten(self, webhook: Webhook) -> None:
        """What waits to be tried again is due."""
        due = f"{self.log.keys.prefix}webhook:{webhook.id}:due"
        for thread in await self.log.link.command("ZRANGE", due, 0, -1):
            await self.log.link.command("ZADD", due, "XX", 1, thread)

    @asynccontextmanager
    async def dispatched(self) -> AsyncIterator[None]:
        """A hub that tells, as long as the block lasts."""
        registry = StoredRegistry(
            self.log.link, Organizations(self._client, b"key"), WebhookRecords(self._client, self.log.link)
        )
        names = RosterNames(Sessions(self._client, b"key"))
        async with Client(LOOPBACK) as client:
            dispatcher = Dispatcher(registry, self.outbox, client, names, self.counters)
            task = asyncio.create_task(dispatcher.run())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled()

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator[Self]:
        """One of its own, with a stored thread."""
        organization = Organization(org=f"shop-{secrets.token_hex(6)}", name="Shop")
        client = open_admin_client(url)
        try:
            await Organizations(client, b"key").add(organization)
            async with new_log(url, organization.org) as log:
                yield cls(organization, log, client)
        finally:
            # What is left of it, the next test's hubs would go on telling.
            await Organizations(client, b"key").remove(organization.org)
            await client.aclose()

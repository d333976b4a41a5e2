"""The webhooks of organizations, as administrators change them: Webhooks as JSON at `{ORG}:webhooks`.

A change is in the document first, then told to every shard (scripts/hooks.lua). If whoever made it is killed
in between, a hub does that, which looks at all documents again and again (webhooks/dispatcher.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias, cast

import msgspec
from redis.asyncio import Redis

from onethread.agents.audit import COMMAND, Actor, Change, differences
from onethread.hub.clock import now_ms
from onethread.identity.organization import Organization
from onethread.store.documents import Documents, webhooks_key
from onethread.store.link import Link
from onethread.store.organizations import NAMES
from onethread.store.outbox import Outbox
from onethread.store.unhooked import TRUSTED
from onethread.webhooks.outbox import Lane
from onethread.webhooks.record import Webhook, Webhooks, add, decode, forget

Edit: TypeAlias = Callable[[Webhooks], Webhooks]

KNOWN_MS: Final = 10_000
"""A webhook that is this old is known to every hub, so that none thinks that there is none at all."""


class WebhookRecords:
    """The store of webhooks; `by` is who changes them. Everything raises StoreError as well."""

    def __init__(self, client: Redis, link: Link, by: Actor = COMMAND) -> None:
        self._documents = Documents(client, by)
        self._outbox = Outbox(link)

    async def get(self, org: str) -> Webhooks:
        """Return an organization's webhooks."""
        return decode(await self._documents.read(webhooks_key(org)))

    async def add(self, organization: Organization, webhook: Webhook) -> None:
        """Add a webhook, and return when it is told of whatever happens from then on. Raises Full.

        The first one takes TRUSTED seconds: so long other hubs may still hold that there is none.
        """
        after = await self.edit(organization, lambda webhooks: add(webhooks, webhook))
        known = now_ms() - KNOWN_MS
        if not any(one.created_at < known for one in after.live.values()):
            await asyncio.sleep(TRUSTED)

    async def edit(self, organization: Organization, edit: Edit) -> Webhooks:
        """Change the webhooks as one step, tell the shards, and return what they are now.

        `edit` may run again on what others made of it; what it raises is raised, and nothing is changed.
        """

        def change(stored: bytes | None) -> tuple[Webhooks, bytes, list[Change]]:
            before = decode(stored)
            after = edit(before)
            return after, msgspec.json.encode(after), differences("webhook", before.live, after.live)

        after = await self._documents.edit(organization.org, webhooks_key(organization.org), change)
        await self.announce(organization, after)
        return after

    async def announce(self, organization: Organization, webhooks: Webhooks) -> None:
        """Tell every shard of the organization which webhooks there are."""
        live = list(webhooks.live.values())
        for shard in range(organization.shards):
            await self._outbox.announce(organization.org, shard, webhooks.version, live)

    async def clear(self, organization: Organization, webhook: str) -> None:
        """Drop what the outbox holds for a webhook that was removed, and then what is left of it here."""
        for shard in range(organization.shards):
            await self._outbox.discard(Lane(organization.org, shard, webhook))
        await self.edit(organization, lambda webhooks: forget(webhooks, webhook))

    async def note(self, org: str, change: Change) -> None:
        """Note in the audit log what is no change of a webhook."""
        await self._documents.note(org, [change])


async def all_webhooks(link: Link) -> dict[str, Webhooks]:
    """Return the webhooks of every organization that has, or had, some."""
    names = cast("list[bytes]", await link.command("SMEMBERS", NAMES, idempotent=True))
    orgs = [name.decode() for name in names]
    stored = await asyncio.gather(*(link.command("GET", webhooks_key(org), idempotent=True) for org in orgs))
    return {org: decode(document) for org, document in zip(orgs, stored, strict=True) if document}
